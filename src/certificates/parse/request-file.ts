import {createPublicKey, verify, type KeyObject} from 'node:crypto';
import {bytesOf, childrenOf, isContext, oidOf, readDer, tags, type Asn1} from './asn1.js';
import {keyTypeOf, signatureAlgorithm} from './algorithms.js';
import {ParseError} from './parse-error.js';
import {commonNamesIn, formatName, readDistinguishedName, type DistinguishedName} from './distinguished-name.js';
import {oids, readExtendedKeyUsage, readExtensions, readKeyUsage, readSubjectAltName, type Extension} from './extensions.js';
import {fingerprintOf} from './pem.js';
import {decodeBlock, readPemText} from './pem-text.js';
import {sanitise} from '../../sanitise.js';
import {detectFormat} from './detect-format.js';
import {isOversized} from './signature.js';
import {sequenceIn} from './tlv.js';
import {Problem} from '../../problem.js';

/** A certificate signing request that was read, and whose signature its own key made. */
export type Request = {
	subject: DistinguishedName;
	publicKey: KeyObject;
	signatureOid: string;
	/** The extensions that it asks for. */
	extensions: Extension[];
};

/** A description of a request; every text is sanitised. */
export type RequestDescription = {
	subject: string;
	/** The SAN's DNS names and IP addresses. */
	names: string[];
	keyType: string;
	signatureAlgorithm: string;
	keyUsage: string[];
	extendedKeyUsage: string[];
	/** SHA-256 of its SubjectPublicKeyInfo, `AB:CD:...`. */
	publicKeyFingerprint: string;
};

/** PKCS#9's extensionRequest (RFC 2985 5.4.2), and the one that Microsoft's tools write. */
const extensionRequests = new Set(['1.2.840.113549.1.9.14', '1.3.6.1.4.1.311.2.1.14']);

/** The hash of each signature algorithm with which a request may prove that its sender has the key. */
const digests: Record<string, string | null> = {
	'1.2.840.113549.1.1.5': 'sha1',
	'1.2.840.113549.1.1.11': 'sha256',
	'1.2.840.113549.1.1.12': 'sha384',
	'1.2.840.113549.1.1.13': 'sha512',
	'1.2.840.10045.4.3.2': 'sha256',
	'1.2.840.10045.4.3.3': 'sha384',
	'1.2.840.10045.4.3.4': 'sha512',
	'1.3.101.112': null,
};

/**
 * Reads a request (PKCS#10, RFC 2986) in PEM or DER and verifies its signature. Throws Problem `bad-request`, which says what
 * the file holds instead or what is broken.
 */
export function readRequest(bytes: Buffer): Request {
	try {
		return parse(derOf(bytes));
	} catch (error) {
		if (error instanceof ParseError) {
			throw new Problem(
				'bad-request',
				`It is not a valid certificate signing request: ${error.message}.`,
				'Give the .csr file, as it was made.',
				{cause: error},
			);
		}

		throw error;
	}
}

/** Whether these bytes are a request in PEM or DER, valid or not. */
export function isRequest(bytes: Buffer): boolean {
	return bytes[0] === 0x30 ? detectFormat(bytes) === 'request' : requestBlock(bytes) !== undefined;
}

/** Describes a request. */
export function describeRequest({subject, publicKey, signatureOid, extensions}: Request): RequestDescription {
	const valueOf = (oid: string) => extensions.find(extension => extension.oid === oid)?.value;
	const [usage, purposes] = [valueOf(oids.keyUsage), valueOf(oids.extendedKeyUsage)];
	return {
		subject: formatName(subject),
		names: namesIn({extensions}).map(name => sanitise(name)),
		keyType: keyTypeOf(publicKey),
		signatureAlgorithm: signatureAlgorithm(signatureOid).words,
		keyUsage: usage ? readKeyUsage(usage) : [],
		extendedKeyUsage: purposes ? readExtendedKeyUsage(purposes) : [],
		publicKeyFingerprint: fingerprintOf(publicKey.export({type: 'spki', format: 'der'})),
	};
}

/** The hosts that a request names in its SAN, else its common names. */
export function hostsIn(request: Request): string[] {
	const names = namesIn(request);
	return names.length > 0 ? names : commonNamesIn(request.subject);
}

function namesIn({extensions}: Pick<Request, 'extensions'>): string[] {
	const san = extensions.find(({oid}) => oid === oids.subjectAltName);
	return san ? readSubjectAltName(san.value).hosts.map(({value}) => value) : [];
}

function requestBlock(bytes: Buffer) {
	return readPemText(bytes).blocks.find(({label}) => /^(?:NEW )?CERTIFICATE REQUEST$/.test(label));
}

function derOf(bytes: Buffer): Buffer {
	if (bytes[0] === 0x30) {
		return bytes;
	}

	const block = requestBlock(bytes);
	if (block === undefined) {
		throw new ParseError('there is no BEGIN CERTIFICATE REQUEST line');
	}

	return decodeBlock(block);
}

function parse(der: Buffer): Request {
	const [info, algorithm, signature] = sequenceIn(der);
	const [, subject, , attributes] = childrenOf(readDer(info?.whole ?? Buffer.alloc(0)), tags.sequence);
	const spki = sequenceIn(info!.whole)[2];
	const signatureOid = algorithmIn(readDer(algorithm?.whole ?? Buffer.alloc(0)));
	const publicKey = publicKeyOf(spki?.whole);
	assertSigned(info!.whole, signatureIn(readDer(signature?.whole ?? Buffer.alloc(0))), signatureOid, publicKey);
	return {subject: readDistinguishedName(subject), publicKey, signatureOid, extensions: extensionsIn(attributes)};
}

/** All algorithms that are taken here have NULL for parameters, or none. */
function algorithmIn(node: Asn1): string {
	const [oid, parameters] = childrenOf(node, tags.sequence);
	if (parameters !== undefined && bytesOf(parameters, tags.null).length > 0) {
		throw new ParseError('its signature algorithm is broken');
	}

	return oidOf(oid);
}

/** Whole bytes: no bit of the last one is unused. */
function signatureIn(node: Asn1): Buffer {
	const bytes = bytesOf(node, tags.bitString);
	if (bytes[0] !== 0) {
		throw new ParseError('its signature is broken');
	}

	return bytes.subarray(1);
}

function publicKeyOf(der: Buffer | undefined): KeyObject {
	try {
		return createPublicKey({key: der ?? Buffer.alloc(0), format: 'der', type: 'spki'});
	} catch (error) {
		throw new ParseError('OpenSSL cannot load its public key', {cause: error});
	}
}

function assertSigned(content: Buffer, signature: Buffer, oid: string, key: KeyObject): void {
	const digest = digests[oid];
	if (digest === undefined) {
		throw new ParseError(`it is signed with ${signatureAlgorithm(oid).words}, which is not taken here`);
	}

	if (isOversized(key) || !isSigned(content, signature, digest, key)) {
		throw new ParseError('its signature was not made by its own key');
	}
}

function isSigned(content: Buffer, signature: Buffer, digest: string | null, key: KeyObject): boolean {
	try {
		return verify(digest, content, key, signature);
	} catch {
		return false; // OpenSSL refuses a key of another type than the signature's.
	}
}

function extensionsIn(attributes: Asn1 | undefined): Extension[] {
	if (!isContext(attributes, 0) || typeof attributes.value === 'string') {
		return [];
	}

	return attributes.value.flatMap(attribute => {
		const [type, values] = childrenOf(attribute, tags.sequence);
		return extensionRequests.has(oidOf(type)) ? childrenOf(values, tags.set).flatMap(value => readExtensions(value)) : [];
	});
}
