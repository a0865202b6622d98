import {generateKeyPair, type KeyObject} from 'node:crypto';
import {promisify} from 'node:util';
import {toPem} from '../parse/pem.js';
import {attributesOf, blankCertificate, serverExtensions, signCertificate, type Validity} from './certificate-builder.js';
import type {Subject} from './subject.js';

/** Hosts are DNS names or IP addresses; the first becomes the common name and all of them the SAN. */
export type SelfSignedOptions = Validity & {hostnames: string[]};

/** A new RSA 2048 key, made off the main thread. */
export const newKeyPair = async (): Promise<{publicKey: KeyObject; privateKey: KeyObject}> =>
	promisify(generateKeyPair)('rsa', {modulusLength: 2048});

/** PKCS#8 PEM of a private key in a Buffer, for the caller to zero. */
export function keyInPem(key: KeyObject): Buffer {
	return Buffer.from(key.export({type: 'pkcs8', format: 'pem'}));
}

/** Makes a key and a certificate for it, as a fresh Tanium Server makes them for itself. The key is for the caller to zero. */
export async function selfSignedPair({hostnames, ...validity}: SelfSignedOptions): Promise<{certificate: string; key: Buffer}> {
	const {publicKey, privateKey} = await newKeyPair();
	const subject = {names: hostnames, attributes: []};
	return {certificate: selfSigned(subject, publicKey, privateKey, validity), key: keyInPem(privateKey)};
}

/** A self-signed certificate in PEM. */
export function selfSigned(subject: Subject, publicKey: KeyObject, privateKey: KeyObject, validity: Validity): string {
	const certificate = blankCertificate(publicKey, validity);
	const attributes = attributesOf(subject);
	certificate.setSubject(attributes);
	certificate.setIssuer(attributes);
	certificate.setExtensions([...serverExtensions(subject.names), {name: 'subjectKeyIdentifier'}]);
	return toPem('CERTIFICATE', signCertificate(certificate, privateKey));
}
