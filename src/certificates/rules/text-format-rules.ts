// Files without PEM that OpenSSL could load: what they are instead, and the command that fixes them. Nothing is fixed here,
// because what is installed must be what was uploaded.
import {refuse, shellWord, warn, type FindingDraft, type Role} from './finding.js';
import type {PemText} from '../parse/pem-text.js';
import {quoted, sanitise} from '../../sanitise.js';
import {lostBlock} from './lost-block.js';

const byteOrderMark = Buffer.from('\u{FEFF}');
const beginning = '-----BEGIN';

/** A file that was read, with its PEM blocks. */
export type ReadFile = {role: Role; name: string; bytes: Buffer; text: PemText};

/** Why the bytes are not PEM text at all; undefined when there are blocks to check. */
export function formError(file: ReadFile): FindingDraft | undefined {
	const {role, bytes, text} = file;
	if (bytes.every(byte => byte <= 0x20 && byte !== 0) || bytes.equals(byteOrderMark)) {
		return refuse(
			`${role}-empty`,
			`${sanitise(file.name)} is empty${bytes.length > 0 ? ': there is only white space' : ''}.`,
			'Was the upload cut off? Upload it again and compare the sizes.',
		);
	}

	return utf16Error(file) ?? (text.blocks.length === 0 ? withoutBlocks(file) : unloadable(file));
}

/** What OpenSSL ignores but a person should know. */
export function formFindings({role, text, name}: ReadFile): FindingDraft[] {
	const findings: FindingDraft[] = [];
	if (text.markedLines.length > 0) {
		const where = text.markedLines.map(line => (line === 1 ? 'begins with' : `has at the beginning of line ${line}`)).join(' and ');
		findings.push(
			warn(
				'bom',
				`${sanitise(name)} ${where} a byte order mark, which some programs reject.`,
				`Remove it: sed -i 's/^\\xEF\\xBB\\xBF//' ${shellWord(name)}`,
			),
		);
	}

	if (text.lost !== undefined) {
		findings.push(lostBlock(role, name, text.lost));
	} else if (text.strayLine !== undefined) {
		findings.push(
			warn(
				'leading-text',
				`${sanitise(name)} has text outside of its PEM blocks, first at line ${text.strayLine}; it is ignored.`,
				'Nothing has to be done; remove it if another program rejects it.',
			),
		);
	}

	return findings;
}

function utf16Error({role, name, bytes}: ReadFile): FindingDraft | undefined {
	const [first, second] = bytes;
	const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
	if (!hasMark && !bytes.includes(Buffer.from(beginning, 'utf16le'))) {
		return undefined;
	}

	const order = first === 0 ? 'UTF-16BE' : 'UTF-16LE';
	const encoding = hasMark ? 'UTF-16' : order;
	return refuse(
		`${role}-utf16`,
		`${sanitise(name)} is UTF-16 text, as some Windows editors save it.`,
		`Save it as ASCII or UTF-8: ${rewrite(`iconv -f ${encoding} -t UTF-8 ${shellWord(name)}`, name)}`,
	);
}

function unloadable({role, name, bytes, text}: ReadFile): FindingDraft | undefined {
	if (text.nulLine !== undefined) {
		return refuse(
			`${role}-nul`,
			`${sanitise(name)} has NUL bytes inside its PEM text, first at byte ${bytes.indexOf(0)} and in line ${text.nulLine}.`,
			'The file was damaged on its way; upload it again in binary mode.',
		);
	}

	if (text.indentedLine !== undefined) {
		return indented(name, text.indentedLine);
	}

	const joined = text.joinedLine;
	return joined === undefined
		? undefined
		: refuse(
				`${role}-parse`,
				`${sanitise(name)} has a BEGIN line that shares line ${joined}, as when files without a final line ending are joined.`,
				`Put it on a line of its own: sed -i 's/----------BEGIN/-----\\n-----BEGIN/' ${shellWord(name)}`,
			);
}

function withoutBlocks(file: ReadFile): FindingDraft {
	const {role, name, bytes, text} = file;
	const word = shellWord(name);
	if (text.indentedLine !== undefined) {
		return indented(name, text.indentedLine);
	}

	if (bytes.includes('-----\\n') || bytes.includes('-----\\r\\n')) {
		return refuse(
			`${role}-escaped-newlines`,
			`${sanitise(name)} has the two characters \\n in place of line endings, as text copied out of JSON has.`,
			`Turn them into line endings: sed -i 's/\\\\r//g; s/\\\\n/\\n/g; s/"//g' ${word}`,
		);
	}

	if (bytes.includes(beginning) && bytes.includes(0x0d) && !bytes.includes(0x0a)) {
		return refuse(
			'cr-only-line-ends',
			`${sanitise(name)} has lines that end with CR alone, as on an old Mac; OpenSSL cannot load it.`,
			`Convert the line endings: ${rewrite(`tr '\\r' '\\n' < ${word}`, name)}`,
		);
	}

	const wanted = role === 'cert' ? 'certificate' : 'private key';
	return refuse(
		`${role}-not-pem`,
		`${sanitise(name)} is not PEM: there is no usable BEGIN line. ${guess(bytes)}`,
		`Upload the ${wanted} in PEM form: Base64 between -----BEGIN ...----- and -----END ...-----.`,
	);
}

function indented(name: string, line: number): FindingDraft {
	return refuse(
		'indented',
		`${sanitise(name)} has white space before the dashes at line ${line}; OpenSSL cannot load it.`,
		`Remove it: sed -i 's/^[[:space:]]*//' ${shellWord(name)}`,
	);
}

const guesses: ReadonlyArray<[RegExp, string]> = [
	[/^\s*(<!doctype|<html|<\?xml|<head|<body)/i, 'It seems to be a web page; was a log-in page saved instead of the file?'],
	[/^\xfe\xed\xfe\xed/, 'It seems to be a Java keystore; export it with keytool.'],
	[/^PuTTY-User-Key-File/, 'It is a PuTTY key; it belongs to SSH, not to TLS.'],
	[/^---- BEGIN SSH2/, 'It is a key for SSH, not for TLS.'],
	[/^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-\S+) /, 'It is a public key for SSH, not for TLS.'],
	[/^[>|][> |]*-+ ?BEGIN/m, 'It seems to be quoted mail; take the quotation marks away from the beginnings of the lines.'],
	[
		/(\xe2\x80[\x90-\x95]|\xe2\x88\x92|[\x96\x97])+ ?-*BEGIN/,
		'Its hyphens have become dashes, as word processors do; copy the original again.',
	],
	[/-----BEGIN [^-\r\n]+-----[^\r\n]/, 'Its BEGIN line continues with other text; the line must end after the dashes.'],
	[
		/-{2,}[ \t]*BEGIN/i,
		'Its BEGIN line is damaged: it must read -----BEGIN CERTIFICATE----- or the like, with five hyphens on both sides.',
	],
	[/-----END [^-\r\n]+-----/, 'There is an END line; the BEGIN line seems to be lost.'],
	[/^[A-Za-z0-9+/=\s]{64,}$/, 'It seems to be Base64 whose BEGIN and END lines are missing.'],
];

/** What text without PEM seems to be. Only the beginning is looked at, for some patterns take time that grows with its square. */
function guess(bytes: Buffer): string {
	const start = bytes.toString('latin1', 0, 2048);
	const found = guesses.find(([pattern]) => pattern.test(start))?.[1];
	const isBinary = start.split('').some(character => character < '\t' || (character > '\r' && character < ' '));
	const firstLine = bytes.toString('utf8', 0, 40).split('\n')[0] ?? '';
	return found ?? (isBinary ? 'It is binary data of an unknown kind.' : `It begins with ${quoted(firstLine)}.`);
}

function rewrite(command: string, name: string): string {
	const side = shellWord(`${name}.new`);
	return `umask 077 && ${command} > ${side} && mv ${side} ${shellWord(name)}`;
}
