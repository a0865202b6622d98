// A public key for which files are encrypted: PEM of a SubjectPublicKeyInfo or of a certificate.
import {createHash, createPublicKey, type KeyObject} from 'node:crypto';
import {Problem} from '../../problem.js';
import {bytesOf, readDer, tags} from '../parse/asn1.js';
import {readCertificate, type Certificate} from '../parse/certificate.js';
import {ParseError} from '../parse/parse-error.js';
import {decodeBlock, readPemText, type Block} from '../parse/pem-text.js';
import {fingerprintOf} from '../parse/pem.js';
import {sequenceIn} from '../parse/tlv.js';

export type Recipient = {
	/** RSA of 2048 to 16384 bits. */
	publicKey: KeyObject;
	/** The subjectKeyIdentifier of the certificate; without one, SHA-1 of the public key (RFC 5280 4.2.1.2, method 1). */
	keyIdentifier: Buffer;
	/** SHA-256 of its SubjectPublicKeyInfo, `AB:CD:...`. */
	sha256: string;
};

/** OpenSSL uses no key that is larger. */
const sizes = {min: 2048, max: 16_384};

const subjectKeyIdentifier = '2.5.29.14';

/** Reads one PEM block. Throws Problem `private-key` for a private key, and `bad-public-key` for anything else that is no such key. */
export function readRecipient(pem: Buffer): Recipient {
	const block = onlyBlock(pem);
	try {
		const der = decodeBlock(block);
		const certificate = block.label === 'CERTIFICATE' ? readCertificate(der) : undefined;
		const publicKey = certificate?.publicKey ?? createPublicKey({key: der, format: 'der', type: 'spki'});
		assertUsable(publicKey);
		const spki = publicKey.export({type: 'spki', format: 'der'});
		return {publicKey, keyIdentifier: identifierIn(certificate) ?? identifierOf(spki), sha256: fingerprintOf(spki)};
	} catch (error) {
		throw error instanceof Problem ? error : bad(`It cannot be read${error instanceof ParseError ? `: ${error.message}` : ''}.`, error);
	}
}

function onlyBlock(pem: Buffer): Block {
	const {blocks} = readPemText(pem);
	const [block] = blocks;
	if (blocks.some(({label}) => label.includes('PRIVATE KEY'))) {
		throw new Problem(
			'private-key',
			'That is a private key. It is not kept here.',
			'Give its public key: openssl pkey -in FILE -pubout. If anyone may have seen the private key, make a new one.',
		);
	}

	if (block === undefined || blocks.length > 1) {
		throw bad(blocks.length > 1 ? `It has ${blocks.length} PEM blocks.` : 'It has no PEM block.');
	}

	if (block.label !== 'PUBLIC KEY' && block.label !== 'CERTIFICATE') {
		throw bad('Its PEM block is of another kind.');
	}

	return block;
}

function assertUsable({asymmetricKeyType, asymmetricKeyDetails: {modulusLength = 0, publicExponent = 0n} = {}}: KeyObject): void {
	if (asymmetricKeyType !== 'rsa') {
		throw bad(`It is a key of type ${asymmetricKeyType ?? 'unknown'}, not rsa.`);
	}

	if (modulusLength < sizes.min || modulusLength > sizes.max) {
		throw bad(`It has ${modulusLength} bits; ${sizes.min} to ${sizes.max} are accepted.`);
	}

	if (publicExponent < 3n || publicExponent % 2n === 0n) {
		throw bad(`Its public exponent is ${publicExponent}: with it nothing is encrypted.`);
	}
}

function identifierIn(certificate: Certificate | undefined): Buffer | undefined {
	const extension = certificate?.extensions.find(({oid}) => oid === subjectKeyIdentifier);
	return extension && bytesOf(readDer(extension.value), tags.octetString);
}

function identifierOf(spki: Buffer): Buffer {
	const [, bits] = sequenceIn(spki);
	return createHash('sha1')
		.update(bits!.content.subarray(1)) // The first byte counts the unused bits.
		.digest();
}

function bad(why: string, cause?: unknown): Problem {
	return new Problem(
		'bad-public-key',
		`The public key cannot be used. ${why}`,
		'Give one RSA public key of at least 2048 bits in PEM (openssl pkey -in FILE -pubout), or a certificate with one.',
		{cause},
	);
}
