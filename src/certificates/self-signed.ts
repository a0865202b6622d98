// A self-signed pair, as a fresh Tanium Server makes one for itself. forge lays out what is to be signed and node:crypto
// makes the key and the signature, so no pure-JavaScript RSA ever sees the private key.
import {generateKeyPair, randomBytes, sign, type KeyObject} from 'node:crypto';
import net from 'node:net';
import {promisify} from 'node:util';
import forge from 'node-forge';
import {toPem} from './pem.js';

export type SelfSignedOptions = {
	/** DNS names or IP addresses; the first becomes the common name and all of them the SAN. */
	hostnames: string[];
	/** How long it is valid. */
	days: number;
	/** Since when it is valid; now, unless given. */
	from?: Date;
};

const day = 24 * 60 * 60 * 1000;
const {asn1} = forge;
/** Missing from forge's types. */
const {getTBSCertificate} = forge.pki as unknown as {getTBSCertificate: (certificate: forge.pki.Certificate) => forge.asn1.Asn1};

/** Makes an RSA 2048 key and a certificate for it. The key is PKCS#8 PEM in a Buffer, for the caller to zero. */
export async function selfSignedPair(options: SelfSignedOptions): Promise<{certificate: string; key: Buffer}> {
	const {publicKey, privateKey} = await promisify(generateKeyPair)('rsa', {modulusLength: 2048});
	const key = privateKey.export({type: 'pkcs8', format: 'pem'});
	return {certificate: toPem('CERTIFICATE', signed(layOut(publicKey, options), privateKey)), key: Buffer.from(key)};
}

function layOut(publicKey: KeyObject, {hostnames, days, from = new Date()}: SelfSignedOptions): forge.pki.Certificate {
	const certificate = forge.pki.createCertificate();
	certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.export({type: 'spki', format: 'pem'}).toString());
	certificate.serialNumber = positiveSerial();
	certificate.validity.notBefore = from;
	certificate.validity.notAfter = new Date(from.getTime() + days * day);
	const name = [{name: 'commonName', value: hostnames[0] ?? 'localhost'}];
	certificate.setSubject(name);
	certificate.setIssuer(name);
	certificate.siginfo.algorithmOid = forge.pki.oids['sha256WithRSAEncryption'] ?? '';
	certificate.setExtensions([
		{name: 'basicConstraints', cA: false},
		{name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true},
		{name: 'extKeyUsage', serverAuth: true, clientAuth: true},
		{name: 'subjectAltName', altNames: hostnames.map(host => net.isIP(host) === 0 ? {type: 2, value: host} : {type: 7, ip: host})},
		{name: 'subjectKeyIdentifier'},
	]);
	return certificate;
}

function signed(certificate: forge.pki.Certificate, key: KeyObject): Buffer {
	const tbs = getTBSCertificate(certificate);
	const signature = sign('sha256', Buffer.from(asn1.toDer(tbs).getBytes(), 'latin1'), key);
	const {UNIVERSAL} = asn1.Class;
	const whole = asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [
		tbs,
		asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [
			asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(certificate.siginfo.algorithmOid).getBytes()),
			asn1.create(UNIVERSAL, asn1.Type.NULL, false, ''),
		]),
		asn1.create(UNIVERSAL, asn1.Type.BITSTRING, false, `\0${signature.toString('latin1')}`),
	]);
	return Buffer.from(asn1.toDer(whole).getBytes(), 'latin1');
}

/** 16 random bytes, the first from 0x40 to 0x7f: positive, and never shortened (RFC 5280 4.1.2.2). */
function positiveSerial(): string {
	const bytes = randomBytes(16);
	bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
	return bytes.toString('hex');
}
