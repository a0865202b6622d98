// What a certificate made from a request would lack, told before a CA has spent a week on it.
import {attributesIn, extensionsAskedFor} from './issuance/as-asked.js';
import {blankCertificate, signCertificate} from './issuance/certificate-builder.js';
import {newKeyPair} from './issuance/self-signed.js';
import {readCertificate} from './parse/certificate.js';
import type {Request} from './parse/request-file.js';
import {certificateFindings} from './rules/certificate-rules.js';
import type {FindingDraft} from './rules/finding.js';
import {typeFindings} from './rules/key-rules.js';
import {nameFindings} from './rules/name-rules.js';

/** Findings that a CA decides, and not the request. */
const ofTheCa: ReadonlySet<string> = new Set(['expires-soon', 'long-validity', 'self-signed', 'serial', 'signature-algorithm']);

const days = 300;

/**
 * The findings of the check for a certificate with the request's key, subject and extensions and nothing else, for these hosts, errors
 * first. Rejects with Problem `lab-refuses` when a CA is asked for.
 */
export async function checkRequest(request: Request, {hosts, at}: {hosts: readonly string[]; at: Date}): Promise<FindingDraft[]> {
	const key = typeFindings(request.publicKey, "The request's key");
	if (key.some(({severity}) => severity === 'error')) {
		return key; // forge writes certificates for RSA keys only.
	}

	const certificate = blankCertificate(request.publicKey, {days, from: at});
	certificate.setSubject(attributesIn(request));
	certificate.setIssuer([{name: 'commonName', value: 'Any CA'}]);
	certificate.setExtensions(extensionsAskedFor(request));
	const made = readCertificate(signCertificate(certificate, (await newKeyPair()).privateKey));
	const findings = [...key, ...certificateFindings(made, at), ...nameFindings(made, [...hosts])].filter(({id}) => !ofTheCa.has(id));
	return findings.toSorted((one, other) => Number(one.severity === 'warning') - Number(other.severity === 'warning'));
}
