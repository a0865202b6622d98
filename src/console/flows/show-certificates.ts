import {certificatesIn} from '../../certificates/parse/pem.js';
import {describeCertificate, type CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import {certificateRows, type LabelledRow} from '../../certificates/describe/rows.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';

/** Rows that the comparison leaves out to stay short; 2-7 and the command line show them. */
const uncompared: ReadonlySet<string> = new Set(['Valid from', 'Serial', 'Public key']);

/** Bytes of a fingerprint per line, in a comparison and alone. */
const bytesCompared = 8;
const bytesAlone = 16;

/** Shows what differs between the certificates of two files, the second one under this title, and names what is the same. */
export function compareCertificates(conversation: Conversation, installed: Buffer, fresh: Buffer, at: Date, title = 'New'): void {
	const before = new Map(rowsFor(installed, at));
	const rows = rowsFor(fresh, at).filter(([label]) => !uncompared.has(label));
	const [same, differing] = [true, false].map(wanted => rows.filter(([label, value]) => (before.get(label) === value) === wanted));
	if (differing!.length > 0) {
		conversation.table(
			[
				['Differs', 'Installed', title],
				...differing!.map(([label, value]) => [
					label,
					folded(before.get(label) ?? '(cannot be read)', bytesCompared),
					folded(value, bytesCompared),
				]),
			],
			true,
		);
	}

	if (same!.length > 0) {
		conversation.print(`Same: ${same!.map(([label]) => label).join(', ')}.`, 'dim');
	}
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
