import {keyTypeOf, signatureAlgorithm} from '../parse/algorithms.js';
import {readCertificate, type Certificate} from '../parse/certificate.js';
import {shownName} from '../parse/host-names.js';
import {ParseError} from '../parse/parse-error.js';
import {commonNamesIn, formatName} from '../parse/distinguished-name.js';
import {daysBetween} from './expiry.js';
import {certificatesIn, fingerprintOf} from '../parse/pem.js';
import {sanitise} from '../../sanitise.js';
import {Problem} from '../../problem.js';

/** A description of a certificate; every text is sanitised. */
export type CertificateDescription = {
	subject: string;
	/** Several are separated by commas; empty when there is none. */
	commonName: string;
	/** The SAN's DNS names and IP addresses. */
	names: string[];
	issuer: string;
	selfSigned: boolean;
	/** ISO 8601, in UTC. */
	notBefore: string;
	notAfter: string;
	/** Whole days until `notAfter`, rounded down; negative once it has passed. */
	daysLeft: number;
	/** Such as `RSA 2048` or `EC P-256`. */
	keyType: string;
	/** Such as `SHA-256 with RSA`. */
	signatureAlgorithm: string;
	keyUsage: string[];
	extendedKeyUsage: string[];
	/** In hexadecimal. */
	serial: string;
	/** SHA-256 of the certificate, `AB:CD:...`. */
	fingerprint: string;
	/** SHA-256 of its SubjectPublicKeyInfo, `AB:CD:...`. */
	publicKeyFingerprint: string;
};

/** Describes one certificate as seen at a moment. Throws a Problem for bytes that are not a whole, readable certificate. */
export function describeCertificate(der: Buffer, at: Date): CertificateDescription {
	try {
		return describe(readCertificate(der), at);
	} catch (error) {
		if (error instanceof ParseError) {
			throw new Problem(
				'damaged-certificate',
				`The certificate cannot be read: ${error.message}.`,
				'Copy it again from where it was issued.',
				{cause: error},
			);
		}

		throw error;
	}
}

/** The first certificate of a PEM file in words. Rejects with Problem `damaged-certificate` or what the PEM reader says. */
export function describeLeaf(pem: Buffer, at: Date): CertificateDescription {
	return describeCertificate(certificatesIn(pem)[0] ?? Buffer.alloc(0), at);
}

/** The words for a certificate that has been read already. */
export function describe(certificate: Certificate, at: Date): CertificateDescription {
	const {subject, issuer, notBefore, notAfter, x509, publicKey} = certificate;
	return {
		subject: formatName(subject),
		commonName: commonNamesIn(subject)
			.map(name => sanitise(name))
			.join(', '),
		names: (certificate.subjectAltName?.hosts ?? []).map(({value}) => sanitise(shownName(value))),
		issuer: formatName(issuer),
		selfSigned: certificate.selfSigned,
		notBefore: notBefore.toISOString(),
		notAfter: notAfter.toISOString(),
		daysLeft: daysBetween(at, notAfter),
		keyType: keyTypeOf(publicKey),
		signatureAlgorithm: signatureAlgorithm(certificate.signatureOid).words,
		keyUsage: certificate.keyUsage ?? [],
		extendedKeyUsage: certificate.extendedKeyUsage ?? [],
		serial: x509.serialNumber,
		fingerprint: fingerprintOf(certificate.der),
		publicKeyFingerprint: fingerprintOf(publicKey.export({type: 'spki', format: 'der'})),
	};
}
