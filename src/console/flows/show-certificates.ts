import {certificatesIn} from '../../certificates/parse/pem.js';
import {describeCertificate, type CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import {certificateRows, type LabelledRow} from '../../certificates/describe/rows.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';

/** Rows that the comparison leaves out to stay short; 2-7 and the command line show them. */
const uncompared: ReadonlySet<string> = new Set(['Serial', 'Public key']);

/** Bytes of a fingerprint per line, in a comparison and alone. */
const bytesCompared = 8;
const bytesAlone = 16;

/** Shows the certificates of two files side by side; an asterisk marks what differs. */
export function compareCertificates(conversation: Conversation, installed: Buffer, fresh: Buffer, at: Date): void {
	const [before, after] = [rowsFor(installed, at), rowsFor(fresh, at)];
	conversation.table(
		[
			['', '', 'Installed', 'New'],
			...after
				.filter(([label]) => !uncompared.has(label))
				.map(([label, value]) => {
					const old = before.find(([other]) => other === label)?.[1] ?? '(cannot be read)';
					return [old === value ? '' : '*', label, folded(old, bytesCompared), folded(value, bytesCompared)];
				}),
		],
		true,
	);
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
