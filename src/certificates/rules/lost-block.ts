// A line that was meant as the beginning or the end of a PEM block, and that OpenSSL passes over without a word.
import type {Line} from '../parse/base64.js';
import {quoted, sanitise} from '../../sanitise.js';
import {refuse, type FindingDraft, type Role} from './finding.js';

/** What is shown of a line. Base64 is not: it may be that of a private key. */
const maxShown = 80;
const base64 = /[A-Za-z\d+/]{16,}=*/g;

/** The line with its text: OpenSSL would load the file without what stands there, such as the intermediate certificate. */
export function lostBlock(role: Role, name: string, {number, bytes}: Line): FindingDraft {
	return refuse(
		`${role}-parse`,
		`${sanitise(name)}: line ${number} seems to belong to a PEM block, and OpenSSL passes over it: ${quoted(shownLine(bytes))}.`,
		'Write each BEGIN and END line alone on its line, with five hyphens on both sides and the Base64 between them; or delete it.',
	);
}

/** The beginning of a line without its Base64; not sanitised. */
export function shownLine(bytes: Buffer): string {
	const text = bytes.toString('utf8').replaceAll(base64, '…');
	return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

/** A certificate under a label that OpenSSL passes over. */
export function lostLabel(label: string, line: number): FindingDraft {
	return refuse(
		'cert-parse',
		`The block from line ${line} holds a certificate under the label ${quoted(label)}, and OpenSSL passes over it.`,
		'Write CERTIFICATE in its BEGIN and END lines, in capital letters.',
	);
}
