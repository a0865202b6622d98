import forge from 'node-forge';
import {toPem} from '../parse/pem.js';
import {attributesOf, forgeKey, serverExtensions, signContent, type Validity} from './certificate-builder.js';
import {keyInPem, newKeyPair, selfSigned} from './self-signed.js';
import type {Subject} from './subject.js';

export type NewRequest = {
	/** The private key as PKCS#8 PEM, for the caller to zero. */
	key: Buffer;
	/** The certificate signing request (PKCS#10, RFC 2986) in PEM. */
	request: string;
	/** A self-signed certificate for the same key, in PEM, for whoever needs no CA. */
	certificate: string;
};

/** Missing from forge's types. */
const {getCertificationRequestInfo} = forge.pki as unknown as {
	getCertificationRequestInfo: (request: forge.pki.CertificateSigningRequest) => forge.asn1.Asn1;
};

/**
 * Makes an RSA 2048 key, the request that asks a CA for what the document demands, and a self-signed certificate, as
 * `KeyUtility selfsign --export-csr` does. The key is generated off the main thread.
 */
export async function makeRequest(subject: Subject, validity: Validity): Promise<NewRequest> {
	const {publicKey, privateKey} = await newKeyPair();
	const request = forge.pki.createCertificationRequest();
	request.publicKey = forgeKey(publicKey);
	request.setSubject(attributesOf(subject));
	request.setAttributes([{name: 'extensionRequest', extensions: serverExtensions(subject.names)}]);
	return {
		key: keyInPem(privateKey),
		request: toPem('CERTIFICATE REQUEST', signContent(getCertificationRequestInfo(request), privateKey)),
		certificate: selfSigned(subject, publicKey, privateKey, validity),
	};
}
