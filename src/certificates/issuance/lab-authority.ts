// A CA for rehearsals: a root and an issuing CA below it, as an enterprise has them. It signs any valid request, so
// its names say that it must not be trusted outside a lab. The root's key is discarded as soon as it has signed.
import {createPrivateKey, X509Certificate} from 'node:crypto';
import forge from 'node-forge';
import {typeFindings} from '../rules/key-rules.js';
import {certificatesIn, toPem} from '../parse/pem.js';
import {hostsIn, type Request} from '../parse/request-file.js';
import {extensionsAskedFor, attributesIn} from './as-asked.js';
import {attributesOf, blankCertificate, serverExtensions, signCertificate, type Validity} from './certificate-builder.js';
import {keyInPem, newKeyPair} from './self-signed.js';
import {subjectOf, type Subject} from './subject.js';
import {Problem} from '../../problem.js';

export type LabAuthority = {
	/** The root's certificate in PEM, for clients that are to trust this lab. */
	root: string;
	/** The issuing CA's certificate in PEM. */
	issuer: string;
	/** The issuing CA's key as PKCS#8 PEM, for the caller to zero. */
	key: Buffer;
};

const rootDays = 3650;
const issuerDays = 1825;
const mark = 'LAB ONLY - do not trust in production';

type Pair = Awaited<ReturnType<typeof newKeyPair>>;

/** Makes a lab CA that is valid from this moment. */
export async function makeLabAuthority(from: Date): Promise<LabAuthority> {
	const [top, below] = await Promise.all([newKeyPair(), newKeyPair()]);
	const [rootName, issuerName] = [authorityName('Lab Root CA'), authorityName('Lab Issuing CA')];
	const sign = (subject: Subject, {publicKey}: Pair, days: number, extensions: object[]) => {
		const certificate = blankCertificate(publicKey, {days, from});
		certificate.setSubject(attributesOf(subject));
		certificate.setIssuer(attributesOf(rootName));
		certificate.setExtensions([
			...extensions,
			{name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true},
			{name: 'subjectKeyIdentifier'},
		]);
		return toPem('CERTIFICATE', signCertificate(certificate, top.privateKey));
	};

	const root = sign(rootName, top, rootDays, [{name: 'basicConstraints', critical: true, cA: true}]);
	return {
		root,
		issuer: sign(issuerName, below, issuerDays, [
			{name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0},
			authorityKeyIdentifier(root),
		]),
		key: keyInPem(below.privateKey),
	};
}

export type LabWish = Required<Validity> & {
	/** Adds what the document demands, in place of what was asked. Otherwise the certificate has what the request asks for, and no more. */
	asRequired?: boolean;
};

/**
 * Signs a request: a certificate with the request's key and, unless `asRequired`, with the subject and the extensions that it asks for,
 * as a CA does that changes nothing. Returns the chain file in PEM, the server's certificate first. Throws Problem `lab-refuses` for a
 * key that the document does not allow or a request for a CA, `lab-expired`, or, when `asRequired`, `bad-hostname`.
 */
export function signRequest(request: Request, {issuer, key}: LabAuthority, {asRequired = false, ...validity}: LabWish): string {
	const fault = typeFindings(request.publicKey, "The request's key").find(({severity}) => severity === 'error');
	if (fault !== undefined) {
		throw new Problem('lab-refuses', fault.message, fault.hint);
	}

	const certificate = blankCertificate(request.publicKey, within(issuer, validity));
	const {subject, extensions} = asRequired ? required(request) : {subject: attributesIn(request), extensions: extensionsAskedFor(request)};
	certificate.setSubject([{name: 'organizationalUnitName', value: mark}, ...subject]);
	certificate.setIssuer(forge.pki.certificateFromPem(issuer).subject.attributes);
	certificate.setExtensions([...extensions, {name: 'subjectKeyIdentifier'}, authorityKeyIdentifier(issuer)]);
	return toPem('CERTIFICATE', signCertificate(certificate, createPrivateKey(key))) + issuer;
}

/** What the document demands, for the names of the request. */
function required(request: Request): {subject: forge.pki.CertificateField[]; extensions: object[]} {
	const {names} = subjectOf(hostsIn(request));
	return {subject: attributesOf({names, attributes: []}), extensions: serverExtensions(names)};
}

/** Nothing outlives its issuer. */
function within(issuer: string, {days, from}: Required<Validity>): Validity {
	const left = Math.floor((Date.parse(new X509Certificate(issuer).validTo) - from.getTime()) / 86_400_000);
	if (left < 1) {
		throw new Problem('lab-expired', "The lab's CA has expired.", 'Remove its folder; the next request makes a new one.');
	}

	return {days: Math.min(days, left), from};
}

function authorityName(name: string): Subject {
	return {names: [`TanOS Console ${name}`], attributes: [{name: 'organizationName', value: mark}]};
}

function authorityKeyIdentifier(issuer: string): object {
	const [der = Buffer.alloc(0)] = certificatesIn(issuer);
	const certificate = forge.pki.certificateFromPem(toPem('CERTIFICATE', der));
	return {name: 'authorityKeyIdentifier', keyIdentifier: certificate.generateSubjectKeyIdentifier().getBytes()};
}
