import {certificatesIn} from '../../certificates/parse/pem.js';
import {describeCertificate, type CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import {certificateRows, type LabelledRow} from '../../certificates/describe/rows.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';

/** Rows that the comparison leaves out to stay short; 2-7 and the command line show them. */
const uncompared: ReadonlySet<string> = new Set(['Valid from', 'Serial', 'Public key']);

/** Bytes of a fingerprint per line where it stands alone. In a comparison the columns decide. */
const bytesAlone = 16;

/** Characters of a value in a comparison: two rows of a column on a terminal of 80 columns. */
const maxCompared = 60;

/**
 * Shows what differs between the certificates of two files, the second one under this title, and names what is the same. Of names only the
 * parts that differ are shown, and of chains the lengths or first parts: with the plan and its question it fits a terminal of 80x24.
 */
export function compareCertificates(conversation: Conversation, installed: Buffer, fresh: Buffer, at: Date, title = 'New'): void {
	const before = new Map(rowsFor(installed, at));
	const rows = rowsFor(fresh, at).filter(([label]) => !uncompared.has(label));
	const [same, differing] = [true, false].map(wanted => rows.filter(([label, value]) => (before.get(label) === value) === wanted));
	if (differing!.length > 0) {
		conversation.table(
			[
				['Differs', 'Installed', title],
				...differing!.map(([label, value]) => [label, ...shortened(label, before.get(label) ?? '(cannot be read)', value)]),
			],
			true,
		);
	}

	if (same!.length > 0) {
		conversation.print(`Same: ${same!.map(([label]) => label).join(', ')}.`, 'dim');
	}
}

function shortened(label: string, before: string, after: string): [string, string] {
	if (label === 'SHA-256') {
		return [before, after];
	}

	if (label === 'Chain') {
		const lengths = [before, after].map(chain => (chain.startsWith('(') ? 0 : chain.split('\n').length));
		return shortIfDifferent([before, after], chain =>
			lengths[0] === lengths[1] ? chain.replaceAll(/, (?=[A-Z\d.]+=).*/g, '') : lengthOf(chain),
		);
	}

	const parts = [before, after].map(value => value.split(/, (?=[A-Z\d.]+=)/));
	const differing = parts.map((own, index) => own.filter(part => !parts[1 - index]!.includes(part)).join(', '));
	const values: [string, string] = [differing[0] || before, differing[1] || after];
	return shortIfDifferent(values, value => (value.length > maxCompared ? `${value.slice(0, maxCompared - 2)}..` : value));
}

function lengthOf(chain: string): string {
	const count = chain.split('\n').length;
	return chain.startsWith('(') ? chain : `${count} CA certificate${count === 1 ? '' : 's'}`;
}

/** Both values in short, unless what differs would be lost. */
function shortIfDifferent([one, other]: [string, string], shorten: (value: string) => string): [string, string] {
	const short: [string, string] = [shorten(one), shorten(other)];
	return short[0] === short[1] ? [one, other] : short;
}

/** An installed certificate that is damaged is a reason to replace it, not to stop. */
function rowsFor(pem: Buffer, at: Date): LabelledRow[] {
	try {
		const [leaf, ...others] = certificatesIn(pem).map(der => describeCertificate(der, at));
		const rows = leaf === undefined ? [] : certificateRows(leaf);
		return rows.toSpliced(-2, 0, ['Chain', others.map(({subject}) => subject).join('\n') || '(none)']);
	} catch (error) {
		if (error instanceof Problem) {
			return [];
		}

		throw error;
	}
}

/** Shows one certificate. */
export function showCertificate(conversation: Conversation, certificate: CertificateDescription): void {
	showRows(conversation, certificateRows(certificate));
}

/** Shows rows of labels and values. */
export function showRows(conversation: Conversation, rows: readonly LabelledRow[]): void {
	conversation.table(rows.map(([label, value]) => [label, folded(value, bytesAlone)]));
}

/** Breaks a fingerprint into lines of this many bytes; returns anything else unchanged. */
function folded(value: string, bytes: number): string {
	return /^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/.test(value) ? value.replaceAll(new RegExp(`(?:[^:]+:){${bytes}}(?=.)`, 'g'), '$&\n') : value;
}
