// Every block of a file, in its order: what it holds, or why it could not be read. Nothing of a private key is shown.
import {createPrivateKey, createPublicKey, type KeyObject} from 'node:crypto';
import {keyTypeOf, signatureAlgorithm} from '../parse/algorithms.js';
import {isAuthority, readCertificate} from '../parse/certificate.js';
import {chainOf} from '../parse/chain.js';
import {decodeText, isUtf16} from '../parse/decode-text.js';
import {detectFormat, formatByLabel, isPrivateKeyFormat, type FileFormat} from '../parse/detect-format.js';
import {formatName} from '../parse/distinguished-name.js';
import {elementsBesidePem, elementsFrom, type Placed} from '../parse/mixed-forms.js';
import {ParseError} from '../parse/parse-error.js';
import {fingerprintOf} from '../parse/pem.js';
import {decodeBlock, readPemText, saysEncrypted, type Block} from '../parse/pem-text.js';
import {certificatesInPkcs7} from '../parse/pkcs7.js';
import {describeRequest, readRequest, type RequestDescription} from '../parse/request-file.js';
import {readRevocationList} from '../parse/revocation-list.js';
import {firstElement} from '../parse/tlv.js';
import {Problem} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import {describe, type CertificateDescription} from './describe-certificate.js';
import {textProblems} from './text-problems.js';

/** A description of a revocation list; every text is sanitised. */
export type RevocationListDescription = {
	issuer: string;
	/** ISO 8601, in UTC. */
	thisUpdate: string;
	nextUpdate?: string;
	revoked: number;
	signatureAlgorithm: string;
};

type Content =
	| {kind: 'certificate'; certificate: CertificateDescription; /** Whether it says that it issues others. */ isAuthority: boolean}
	| {kind: 'request'; request: RequestDescription}
	| {kind: 'revocation-list'; revocationList: RevocationListDescription}
	| {kind: 'private-key'; /** Such as `RSA 2048`, when it can be seen. */ keyType?: string; hasPassphrase: boolean}
	| {kind: 'public-key'; keyType: string; publicKeyFingerprint: string}
	| {kind: 'bundle'; format: 'PKCS#12' | 'PKCS#7'}
	| {kind: 'other'; /** What it is, if that is known. */ format?: string}
	| {kind: 'unread'; reason: string};

/** One block of a file: what it holds and where it stands. */
export type FileBlock = Content & {
	/** The line of its BEGIN, counted from 1, or the line that could not be read. */
	line?: number;
	/** Where binary data begins, in bytes counted from 0; it has no line. */
	byte?: number;
	/** The label of its BEGIN, sanitised. */
	label?: string;
};

/** Describes every block of a file in PEM (also in UTF-16) or DER, as seen at a moment. Never throws for what the file holds. */
export function blocksIn(bytes: Buffer, at: Date): FileBlock[] {
	const format = bytes[0] === 0x30 ? detectFormat(bytes) : 'unknown';
	if (format === 'unknown') {
		return inText(isUtf16(bytes) ? Buffer.from(decodeText(bytes)) : bytes, at);
	}

	const placed = elementsFrom(bytes, 0);
	const [last] = placed.slice(-1);
	return last === undefined
		? placedAt(0, contentsOf(format, bytes, at)) // BER of indefinite length.
		: [...placed.flatMap(one => ofElement(one, at)), ...behind(bytes, last.at + last.element.length, at)];
}

function inText(text: Buffer, at: Date): FileBlock[] {
	const pem = readPemText(text);
	const blocks = pem.blocks.flatMap(block => ofBlock(block, at));
	return [...blocks, ...textProblems(pem), ...elementsBesidePem(text).flatMap(one => ofElement(one, at))].toSorted(
		(one, other) => (one.line ?? Number.MAX_SAFE_INTEGER) - (other.line ?? Number.MAX_SAFE_INTEGER),
	);
}

/** What follows binary data: PEM text, or bytes that are nothing. */
function behind(bytes: Buffer, end: number, at: Date): FileBlock[] {
	const rest = bytes.subarray(end);
	const blocks = inText(rest, at).map(({line, ...block}) => ({...block, byte: end}));
	return blocks.length > 0 || rest.every(byte => byte <= 0x20)
		? blocks
		: [{kind: 'unread', byte: end, reason: `${rest.length} bytes that follow are neither DER nor PEM`}];
}

function ofElement({format, element, at: start}: Placed, at: Date): FileBlock[] {
	return placedAt(start, contentsOf(format, element, at));
}

function placedAt(byte: number, contents: Content[]): FileBlock[] {
	return contents.map(content => ({...content, byte}));
}

function ofBlock(block: Block, at: Date): FileBlock[] {
	return contentsOfBlock(block, at).map(content => ({...content, line: block.line, label: sanitise(block.label)}));
}

function contentsOfBlock(block: Block, at: Date): Content[] {
	if (block.label.endsWith('PRIVATE KEY') && saysEncrypted(block)) {
		return [{kind: 'private-key', hasPassphrase: true}];
	}

	return readable(() => {
		const decoded = decodeBlock(block);
		try {
			const format = block.label === 'TRUSTED CERTIFICATE' ? 'certificate' : detectFormat(decoded);
			return contentsOf(format === 'unknown' ? (formatByLabel(block.label) ?? format) : format, whatIsMeant(block, decoded), at);
		} finally {
			decoded.fill(0); // It may be a private key.
		}
	});
}

/** OpenSSL's own TRUSTED CERTIFICATE has its settings behind the certificate. */
function whatIsMeant({label}: Block, decoded: Buffer): Buffer {
	return label === 'TRUSTED CERTIFICATE' ? firstElement(decoded).whole : decoded;
}

function contentsOf(format: FileFormat, bytes: Buffer, at: Date): Content[] {
	if (format === 'PKCS#7') {
		return readable(() => inBundle(bytes, at));
	}

	return isPrivateKeyFormat(format) ? [privateKey(format, bytes)] : readable(() => [contentOf(format, bytes, at)]);
}

function contentOf(format: FileFormat, bytes: Buffer, at: Date): Content {
	switch (format) {
		case 'certificate': {
			const certificate = readCertificate(Buffer.from(bytes));
			return {kind: 'certificate', certificate: describe(certificate, at), isAuthority: isAuthority(certificate)};
		}

		case 'request': {
			return {kind: 'request', request: describeRequest(readRequest(bytes))};
		}

		case 'revocation list': {
			return {kind: 'revocation-list', revocationList: describeList(bytes)};
		}

		case 'public key': {
			return publicKey(bytes);
		}

		case 'PKCS#12': {
			return {kind: 'bundle', format};
		}

		default: {
			return {kind: 'other'};
		}
	}
}

/** A bundle has no order: the server's certificate first, then those that issued it, then the others. */
function inBundle(bytes: Buffer, at: Date): Content[] {
	const certificates = certificatesInPkcs7(bytes);
	const read = certificates.flatMap(der => readable(() => [contentOf('certificate', der, at)]));
	if (certificates.length === 0) {
		return [{kind: 'bundle', format: 'PKCS#7'}];
	}

	return read.some(({kind}) => kind === 'unread') ? read : inOrder(certificates).map(der => contentOf('certificate', der, at));
}

function inOrder(certificates: readonly Buffer[]): Buffer[] {
	const chain = chainOf(certificates.map(der => readCertificate(der)));
	return chain === undefined
		? []
		: [...chain.path, ...chain.inFile.filter(certificate => !chain.path.includes(certificate))].map(({der}) => der);
}

function describeList(bytes: Buffer): RevocationListDescription {
	const {issuer, thisUpdate, nextUpdate, revoked, signatureOid} = readRevocationList(bytes);
	return {
		issuer: formatName(issuer),
		thisUpdate: thisUpdate.toISOString(),
		...(nextUpdate && {nextUpdate: nextUpdate.toISOString()}),
		revoked,
		signatureAlgorithm: signatureAlgorithm(signatureOid).words,
	};
}

const encodings: Partial<Record<FileFormat, 'pkcs1' | 'pkcs8' | 'sec1'>> = {'PKCS#1': 'pkcs1', 'PKCS#8': 'pkcs8', SEC1: 'sec1'};

function privateKey(format: FileFormat, bytes: Buffer): Content {
	const type = encodings[format];
	const key = type && loaded(() => createPrivateKey({key: bytes, format: 'der', type}));
	return {kind: 'private-key', hasPassphrase: format === 'encrypted PKCS#8', ...(key && {keyType: keyTypeOf(key)})};
}

function publicKey(bytes: Buffer): Content {
	const key = loaded(() => createPublicKey({key: bytes, format: 'der', type: 'spki'}));
	const rsa = key ?? loaded(() => createPublicKey({key: bytes, format: 'der', type: 'pkcs1'}));
	if (rsa === undefined) {
		throw new ParseError('OpenSSL cannot load the public key');
	}

	return {kind: 'public-key', keyType: keyTypeOf(rsa), publicKeyFingerprint: fingerprintOf(rsa.export({type: 'spki', format: 'der'}))};
}

function loaded(load: () => KeyObject): KeyObject | undefined {
	try {
		return load();
	} catch {
		return undefined; // OpenSSL's messages do not help.
	}
}

/** What could be read, or the reason why nothing was. */
function readable(read: () => Content[]): Content[] {
	try {
		return read();
	} catch (error) {
		if (error instanceof ParseError || error instanceof Problem) {
			return [{kind: 'unread', reason: error.message.replace(/\.$/, '')}];
		}

		throw error;
	}
}
