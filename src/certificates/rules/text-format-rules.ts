// Files without PEM that OpenSSL could load: what they are instead, and the command that fixes them. Nothing is fixed here,
// because what is installed must be what was uploaded.
import {convertCommand, intoNewFile, refuse, shellWord, warn, type FindingDraft} from './finding.js';
import {foreignFormat} from './foreign-formats.js';
import {lostBlock} from './lost-block.js';
import type {ReadFile} from './read-file.js';
import {textDamage} from './text-damage.js';
import {elementsBesidePem} from '../parse/mixed-forms.js';
import {sanitise} from '../../sanitise.js';

const byteOrderMark = Buffer.from('\u{FEFF}');
const beginning = '-----BEGIN';

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
				`Remove it: ${intoNewFile(`sed 's/^\\xEF\\xBB\\xBF//' ${shellWord(name)}`, `${name}.pem`)}`,
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
		`Save it as ASCII or UTF-8: ${intoNewFile(`iconv -f ${encoding} -t UTF-8 ${shellWord(name)}`, `${name}.pem`)}`,
	);
}

function unloadable(file: ReadFile): FindingDraft | undefined {
	const {role, name, bytes, text} = file;
	const [beside] = elementsBesidePem(bytes);
	if (beside !== undefined) {
		return refuse(
			`${role}-der`,
			`${sanitise(name)} has binary data (DER, ${beside.format}) behind its PEM text, at byte ${beside.at}; PEM is required.`,
			`Write all of it as PEM: ${convertCommand(name)}`,
		);
	}

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
	return joined !== undefined && bytes.includes('----------BEGIN')
		? refuse(
				`${role}-parse`,
				`${sanitise(name)} has a BEGIN line that shares line ${joined}, as when files without a final line ending are joined.`,
				`Put it on a line of its own: ${intoNewFile(`sed 's/----------BEGIN/-----\\n-----BEGIN/' ${shellWord(name)}`, `${name}.pem`)}`,
			)
		: textDamage(file);
}

function withoutBlocks(file: ReadFile): FindingDraft {
	const {role, name, bytes, text} = file;
	if (text.indentedLine !== undefined) {
		return indented(name, text.indentedLine);
	}

	if (bytes.includes(beginning) && bytes.includes(0x0d) && !bytes.includes(0x0a)) {
		return refuse(
			'cr-only-line-ends',
			`${sanitise(name)} has lines that end with CR alone, as on an old Mac; OpenSSL cannot load it.`,
			`Convert the line endings: ${intoNewFile(`tr '\\r' '\\n' < ${shellWord(name)}`, `${name}.pem`)}`,
		);
	}

	const {words, hint} = foreignFormat(role, name, bytes);
	return (
		(bytes.includes(0) ? undefined : textDamage(file))
		?? refuse(`${role}-not-pem`, `${sanitise(name)} is not PEM: there is no usable BEGIN line. ${words}`, hint)
	);
}

function indented(name: string, line: number): FindingDraft {
	return refuse(
		'indented',
		`${sanitise(name)} has white space before the dashes at line ${line}; OpenSSL cannot load it.`,
		`Remove it: ${intoNewFile(`sed 's/^[[:space:]]*//' ${shellWord(name)}`, `${name}.pem`)}`,
	);
}
