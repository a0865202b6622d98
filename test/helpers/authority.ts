// Pairs as a CA issues them, for tests to which it does not matter who made them: laid out by test/certificates/fixtures, with
// nothing of the code under test. Where OpenSSL is to have made them: enterprise-ca.ts.
import {createPrivateKey, generateKeyPair, randomBytes, X509Certificate, type KeyObject} from 'node:crypto';
import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {connect} from 'node:tls';
import {promisify} from 'node:util';
import {integer, sequence, text} from '../certificates/fixtures/der.js';
import {pemOf} from '../certificates/fixtures/files.js';
import {pkcs8, type Pair} from '../certificates/fixtures/keys.js';
import {attribute, authority, certificate, commonName, dns, name, san} from '../certificates/fixtures/make.js';

const day = 86_400_000;

export type Authority = {name: Buffer; pair: Pair; certificate: Buffer};

export type AttributeChanges = {
	names?: readonly string[];
	/** When it begins and ends to be valid; else from now on for 300 days. */
	valid?: readonly [Date, Date];
};

/** A new CA: its self-signed certificate with this name and a new key. */
export async function newAuthority(subject: Buffer = name('Example CA')): Promise<Authority> {
	const pair = await newKey();
	const valid = {notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 3650 * day)};
	const der = authority('', pair, {subject, issuer: subject, serial: newSerial(), ...valid});
	return {name: subject, pair, certificate: der};
}

/** Writes a new key and a certificate for it that the CA signs. */
export async function issuePair(by: Authority, certificateFile: string, keyFile: string, wishes: AttributeChanges = {}): Promise<void> {
	const {publicKey, privateKey} = await newKey();
	await writeFile(keyFile, pkcs8(privateKey), {mode: 0o600});
	await writeFile(certificateFile, pemOf(issue(by, publicKey, wishes)));
}

/** What an operator gets for a new key: SOAPServer.crt, with the CA's certificate behind it, and SOAPServer.key, in this folder. */
export async function orderPair(folder: string, wishes: AttributeChanges = {}): Promise<void> {
	const {publicKey, privateKey} = await newKey();
	await writeFile(path.join(folder, 'SOAPServer.key'), pkcs8(privateKey), {mode: 0o600});
	await orderCertificate(folder, publicKey, wishes);
}

/** SOAPServer.crt for a key that is there already, with the certificate of a new CA behind it. */
export async function orderCertificate(folder: string, key: KeyObject, wishes: AttributeChanges = {}): Promise<void> {
	const by = await newAuthority(sequence(attribute(commonName, text('Example-Root-CA'))));
	await writeFile(path.join(folder, 'SOAPServer.crt'), pemOf(issue(by, key, wishes), by.certificate));
}

/** The SHA-256 fingerprint of the first certificate of a file, `AB:CD:...`. */
export async function fingerprintOfFile(file: string): Promise<string> {
	return new X509Certificate(await readFile(file)).fingerprint256;
}

/** The SHA-256 fingerprint of the certificate that a TLS server on loopback presents. */
export async function servedFingerprint(port: number, host = '127.0.0.1'): Promise<string> {
	const socket = connect({host, port, servername: 'ts1.example.com', rejectUnauthorized: false});
	await once(socket, 'secureConnect');
	const {fingerprint256} = socket.getPeerCertificate();
	socket.destroy();
	return fingerprint256;
}

/** The private key of a file in PEM. */
export async function keyIn(file: string): Promise<KeyObject> {
	return createPrivateKey(await readFile(file));
}

export async function newKey(): Promise<Pair> {
	return promisify(generateKeyPair)('rsa', {modulusLength: 2048});
}

function issue(by: Authority, key: KeyObject, {names = ['ts1.example.com', 'localhost'], valid}: AttributeChanges): Buffer {
	const [notBefore, notAfter] = valid ?? [new Date(), new Date(Date.now() + 300 * day)];
	return certificate({
		subject: sequence(attribute(commonName, text(names[0]!))),
		key,
		issuer: by.name,
		signer: by.pair.privateKey,
		serial: newSerial(),
		notBefore,
		notAfter,
		extensions: {san: san(...dns(...names))},
	});
}

/** Positive, and of 20 bytes (RFC 5280 4.1.2.2). */
function newSerial(): Buffer {
	return integer(0x40, ...randomBytes(19));
}
