import type {CertificateDescription} from './describe-certificate.js';
import {blocksIn, type FileBlock} from './file-blocks.js';
import {formatByLabel} from '../parse/detect-format.js';
import type {RequestDescription} from '../parse/request-file.js';
import {foreignFormat} from '../rules/foreign-formats.js';
import {Problem} from '../../problem.js';

/** What a file holds. */
export type Contents = {
	/** The first certificate. */
	certificate?: CertificateDescription;
	/** The certificates behind it; present when there is one. */
	chain?: CertificateDescription[];
	/** The first request. */
	request?: RequestDescription;
	/** All of it, in the order of the file; the certificates of a PKCS#7 bundle in the order of their chain. */
	blocks: FileBlock[];
};

/**
 * Describes a file in PEM or DER, block by block. Throws Problems that say what it holds instead when nothing of it can be shown;
 * nothing of a private key is.
 */
export function describeContents(bytes: Buffer, at: Date): Contents {
	const blocks = blocksIn(bytes, at);
	const [certificate, ...chain] = blocks.flatMap(block => (block.kind === 'certificate' ? [block.certificate] : []));
	const [request] = blocks.flatMap(block => (block.kind === 'request' ? [block.request] : []));
	if (!blocks.some(({kind}) => shown.has(kind))) {
		throw nothingIn(bytes, blocks);
	}

	return {...(certificate && {certificate, chain}), ...(request && {request}), blocks};
}

const shown: ReadonlySet<FileBlock['kind']> = new Set(['certificate', 'request', 'revocation-list', 'public-key']);

/** Where a block stands, such as `CERTIFICATE, line 12`. */
export function placeOf({label, line, byte}: FileBlock): string {
	const place = line === undefined ? `byte ${byte ?? 0}` : `line ${line}`;
	return label === undefined ? place : `${label}, ${place}`;
}

function nothingIn(bytes: Buffer, blocks: readonly FileBlock[]): Problem {
	const unread = blocks.flatMap(block => (block.kind === 'unread' ? [{...block, place: placeOf(block)}] : []));
	if (unread.length > 0) {
		return damaged(bytes, unread);
	}

	const key = blocks.find(({kind}) => kind === 'private-key');
	if (key !== undefined) {
		return new Problem(
			'is-key',
			`It holds a private key (${placeOf(key)}), of which nothing is shown.`,
			'Name the certificate. To see whether they belong together: tanos certificate check CRT KEY',
		);
	}

	return blocks.some(({kind}) => kind === 'bundle') ? bundle(blocks) : neither(bytes);
}

function damaged(bytes: Buffer, unread: ReadonlyArray<{place: string; reason: string; label?: string}>): Problem {
	const isBundle = unread.some(({label}) => label !== undefined && formatByLabel(label) === 'PKCS#7');
	const code = bytes[0] === 0x30 ? 'damaged-certificate' : isBundle ? 'damaged-bundle' : 'damaged-pem';
	return new Problem(
		code,
		`Nothing in it can be read: ${unread.map(({place, reason}) => `${place}: ${reason}`).join('; ')}.`,
		'Copy it again. What can be repaired: tanos certificate convert FILE --out converted',
	);
}

function bundle(blocks: readonly FileBlock[]): Problem {
	const isLocked = blocks.some(block => block.kind === 'bundle' && block.format === 'PKCS#12');
	return isLocked
		? new Problem(
				'is-bundle',
				'It is a PKCS#12 bundle, which a passphrase protects.',
				'Take it apart: tanos certificate convert FILE --out converted',
			)
		: new Problem('no-certificate', 'It is a PKCS#7 bundle without a certificate.', 'Name a file in PEM or DER.');
}

function neither(bytes: Buffer): Problem {
	const {words} = foreignFormat('cert', 'FILE', bytes);
	return new Problem('no-certificate', `It holds neither a certificate nor a request. ${words}`, 'Name a file in PEM or DER.');
}
