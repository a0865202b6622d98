// BEGIN and END lines as people and programs damage them: in lower case, with other dashes or another number of them, broken over two
// lines, or on one line with other text. What is meant is certain, for the words are known.

/** The labels of RFC 7468 and OpenSSL that certificates and keys have, the longer ones first. */
const labels = [
	'X509 CERTIFICATE',
	'TRUSTED CERTIFICATE',
	'NEW CERTIFICATE REQUEST',
	'CERTIFICATE REQUEST',
	'CERTIFICATE',
	'RSA PRIVATE KEY',
	'EC PRIVATE KEY',
	'DSA PRIVATE KEY',
	'ENCRYPTED PRIVATE KEY',
	'OPENSSH PRIVATE KEY',
	'PRIVATE KEY',
	'RSA PUBLIC KEY',
	'PUBLIC KEY',
	'EC PARAMETERS',
	'DH PARAMETERS',
	'X509 CRL',
	'PKCS7',
	'CMS',
] as const;

/** Hyphens and the dashes that editors make of them. */
const dash = String.raw`[-\u2010-\u2015\u2212\uFE58\uFE63\uFF0D\u0096\u0097]`;
const between = String.raw`[\s\u0085\u00AD\u180E\u200B-\u200F\u2060\uFEFF]`;
const spread = (word: string) => [...word.replaceAll(' ', '')].join(`${between}{0,2}`);
const pattern = String.raw`(?:${dash}{1,12}|^)[ \t]?(${spread('BEGIN')}|${spread('END')})${between}{0,3}(${labels
	.map(label => spread(label))
	.join('|')})[ \t]?(?:${dash}{1,12}|(?=\s*$))`;

/** What was meant as a BEGIN or END line. */
export type LabelLine = {
	kind: 'BEGIN' | 'END';
	label: string;
	/** As it stands in the text, with the dashes. */
	written: string;
	/** Where it starts in the text. */
	index: number;
};

/** Everything in a text that was meant as a BEGIN or END line, in order. */
export function labelLinesIn(text: string): LabelLine[] {
	return Array.from(text.matchAll(new RegExp(pattern, 'gim')), match => ({...meant(match), written: match[0], index: match.index}));
}

/** The same text with each of these lines as RFC 7468 wants it, on a line of its own. */
export function rewriteLabelLines(text: string): string {
	return text.replaceAll(new RegExp(pattern, 'gim'), (...match: string[]) => {
		const {kind, label} = meant(match);
		return `\n-----${kind} ${label}-----\n`;
	});
}

function meant([, kind = '', label = '']: ReadonlyArray<string | undefined>): Pick<LabelLine, 'kind' | 'label'> {
	const letters = label.replaceAll(/[^a-z\d]/gi, '').toUpperCase();
	return {
		kind: /^b/i.test(kind) ? 'BEGIN' : 'END',
		label: labels.find(known => known.replaceAll(' ', '') === letters) ?? letters,
	};
}
