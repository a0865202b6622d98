// What the extensions and the issuer of a server's certificate say about what it was made for.
import type {Certificate} from '../parse/certificate.js';
import {commonNamesIn, type DistinguishedName} from '../parse/distinguished-name.js';
import {otherOids} from '../parse/extensions.js';
import {listed, quoted} from '../../sanitise.js';
import {testAuthorities} from './dated-facts.js';
import type {Policy} from './policy.js';
import {refuse, warn, type FindingDraft} from './finding.js';

/** The TLS extension that a client asks for an OCSP response with (RFC 6066 8). */
const statusRequest = 5;

/** Findings about Netscape's certificate type, precertificates, must-staple and CAs for tests. */
export function profileFindings(certificate: Certificate, policy: Policy): FindingDraft[] {
	return [...netscapeType(certificate, policy), ...precertificate(certificate), ...mustStaple(certificate), ...testAuthority(certificate)];
}

/** OpenSSL refuses a certificate for a role that this extension, when it is there, does not have. */
function netscapeType({netscapeCertType}: Certificate, {clientAuth}: Policy): FindingDraft[] {
	const roles = [['server', 'sslserver'] as const, ...(clientAuth ? [['client', 'sslclient'] as const] : [])];
	const lacking = roles.filter(([role]) => netscapeCertType?.includes(role) === false);
	return lacking.length === 0
		? []
		: [
				refuse(
					'netscape-cert-type',
					`The certificate's Netscape certificate type (nsCertType) is ${listed(netscapeCertType ?? [])}: OpenSSL refuses it for the purpose `
						+ `${lacking.map(([, purpose]) => purpose).join(' and ')}. It must be fit for a TLS server${clientAuth ? ' and a TLS client' : ''}.`,
					'Ask the CA to issue it without nsCertType, as the extended key usage says the same, or with nsCertType = '
						+ `${roles.map(([role]) => role).join(', ')}.`,
				),
			];
}

function precertificate({extensions}: Certificate): FindingDraft[] {
	return extensions.some(({oid}) => oid === otherOids.precertificatePoison)
		? [
				refuse(
					'precertificate',
					'This is a precertificate (RFC 6962): made for the logs of Certificate Transparency, with an extension that every client must refuse.',
					'Download the certificate itself from the CA; log viewers such as crt.sh offer both, with the same serial number.',
				),
			]
		: [];
}

function mustStaple({tlsFeatures}: Certificate): FindingDraft[] {
	return tlsFeatures?.includes(statusRequest) === true
		? [
				warn(
					'must-staple',
					'The certificate demands OCSP stapling (must-staple, RFC 7633): clients that enforce it, such as Firefox, refuse a server that '
						+ 'sends no OCSP response.',
					'Ask the CA for a certificate without the TLS feature extension, unless the server staples.',
				),
			]
		: [];
}

function testAuthority({issuer}: Certificate): FindingDraft[] {
	const authority = testAuthorities.find(({pattern}) => commonNamesIn(issuer).some(name => pattern.test(name)));
	return authority === undefined
		? []
		: [
				warn(
					'test-ca',
					`The certificate was issued for tests, by ${authority.words} (${authority.source}): ${nameIn(issuer)}. Clients do not trust it.`,
					'Request it again from the CA that your clients trust; ACME clients have an option for the server, such as certbot --server.',
				),
			];
}

function nameIn(issuer: DistinguishedName): string {
	return quoted(commonNamesIn(issuer)[0] ?? '');
}
