import {tryParse} from './parse-error.js';
import {der, elementsIn, firstElement, sequenceIn, type Element} from './tlv.js';

/** The format of DER data, by its structure. `unknown` includes damaged data; the parser of the content reports the damage. */
export type FileFormat =
	| 'certificate'
	| 'request'
	| 'revocation list'
	| 'PKCS#7'
	| 'PKCS#12'
	| 'PKCS#1'
	| 'PKCS#8'
	| 'SEC1'
	| 'DSA'
	| 'encrypted PKCS#8'
	| 'public key'
	| 'unknown';

const privateKeyFormats: readonly FileFormat[] = ['PKCS#1', 'PKCS#8', 'SEC1', 'DSA', 'encrypted PKCS#8'];

/** 1.2.840.113549.1.7, the arc of PKCS#7's content types. */
const pkcs7Arc = Buffer.from('2a864886f70d0107', 'hex');

/** Detects the format of DER data. Bytes after its end are ignored. */
export function detectFormat(bytes: Buffer): FileFormat {
	let format: FileFormat = 'unknown';
	const damage = tryParse(() => {
		const {tag, content} = firstElement(bytes);
		format = tag === der.sequence ? formatWith(elementsIn(content, 12)) : 'unknown';
	});
	return damage === undefined ? format : formatOfIndefinite(bytes);
}

const labels: ReadonlyArray<[RegExp, FileFormat]> = [
	[/^(X509 )?CERTIFICATE$/, 'certificate'],
	[/PRIVATE KEY$/, 'PKCS#8'],
	[/CERTIFICATE REQUEST$/, 'request'],
	[/CRL$/, 'revocation list'],
	[/^(PKCS ?#?7.*|CMS)$/, 'PKCS#7'],
	[/^PKCS ?#?12$/, 'PKCS#12'],
	[/PUBLIC KEY$/, 'public key'],
];

/** The format that a PEM label names; any private key counts as PKCS#8. */
export function formatByLabel(label: string): FileFormat | undefined {
	return labels.find(([pattern]) => pattern.test(label))?.[1];
}

export function isPrivateKeyFormat(format: FileFormat): boolean {
	return privateKeyFormats.includes(format);
}

function formatWith(parts: Element[]): FileFormat {
	const outline = parts.map(part => letters[part.tag] ?? '?').join('');
	const [first, second] = parts;
	if (outline === 'SSB' && first !== undefined) {
		return formatOfSigned(elementsIn(first.content, 8));
	}

	if (outline.startsWith('O0') && first?.content.subarray(0, pkcs7Arc.length).equals(pkcs7Arc)) {
		return 'PKCS#7';
	}

	if (/^ISS?$/.test(outline) && first?.content[0] === 3 && second?.content.includes(pkcs7Arc)) {
		return 'PKCS#12';
	}

	return outlines.find(([pattern]) => pattern.test(outline))?.[1] ?? 'unknown';
}

/** One letter for each type of element, so that a structure can be compared as a string. */
const letters: Record<number, string> = {
	[der.integer]: 'I',
	[der.bitString]: 'B',
	[der.octetString]: 'X',
	[der.oid]: 'O',
	[der.sequence]: 'S',
	[der.set]: 'N',
	[der.context0]: '0',
	0xa1: '1',
	0x17: 'T',
	0x18: 'T',
};

const outlines: ReadonlyArray<[RegExp, FileFormat]> = [
	[/^I{9}S?$/, 'PKCS#1'],
	[/^ISX/, 'PKCS#8'],
	[/^IX0?1?$/, 'SEC1'],
	[/^I{6}$/, 'DSA'],
	[/^SX$/, 'encrypted PKCS#8'],
	[/^(SB|II)$/, 'public key'],
];

const signedOutlines: ReadonlyArray<[RegExp, FileFormat]> = [
	[/^0?ISSSSS/, 'certificate'],
	[/^I?SST/, 'revocation list'],
	[/^ISS0?$/, 'request'],
];

/** Certificates, requests and revocation lists are all (content, algorithm, signature). */
function formatOfSigned(parts: Element[]): FileFormat {
	const outline = parts.map(part => letters[part.tag] ?? '?').join('');
	return signedOutlines.find(([pattern]) => pattern.test(outline))?.[1] ?? 'unknown';
}

const indefiniteStarts: ReadonlyArray<[RegExp, FileFormat]> = [
	[/^3080020103/, 'PKCS#12'],
	[/^308006..2a864886f70d0107/, 'PKCS#7'],
];

/** BER of indefinite length, which some tools write for PKCS#7 and PKCS#12. */
function formatOfIndefinite(bytes: Buffer): FileFormat {
	const start = bytes.subarray(0, 12).toString('hex');
	return indefiniteStarts.find(([pattern]) => pattern.test(start))?.[1] ?? 'unknown';
}

/** Whether these bytes are one SEQUENCE and nothing after it. Throws ParseError otherwise. */
export function refuseTrailingBytes(bytes: Buffer): void {
	sequenceIn(bytes);
}
