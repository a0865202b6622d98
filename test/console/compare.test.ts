// The comparison of two certificates with the plan and the question fits one screen of 80x24, however long the names are.
import test from 'ava';
import {makeLabAuthority, signRequest} from '../../src/certificates/issuance/lab-authority.js';
import {makeRequest} from '../../src/certificates/issuance/request.js';
import {subjectOf} from '../../src/certificates/issuance/subject.js';
import {readRequest} from '../../src/certificates/parse/request-file.js';
import type {Conversation} from '../../src/console/conversation.js';
import {compareCertificates} from '../../src/console/flows/show-certificates.js';
import {rowsOf, type Entry} from '../../src/console/transcript.js';

const from = new Date('2030-01-02T03:04:05Z');

/** What the comparison prints on a terminal of 80 columns. */
function compared(installed: Buffer, fresh: Buffer): string[] {
	const entries: Entry[] = [];
	const conversation = {
		print: (text: string) => entries.push({kind: 'text', text, tone: 'plain'}),
		table: (rows: string[][], heads = false) => entries.push({kind: 'table', rows, heads}),
	} as unknown as Conversation;
	compareCertificates(conversation, installed, fresh, from);
	return rowsOf(entries, 78).map(({text}) => text);
}

/** A certificate of a lab CA with its issuing CA behind it; `change` alters its names in place, keeping their lengths. */
async function issued(names: string[], days: number, change: (der: Buffer) => void = () => undefined): Promise<Buffer> {
	const authority = await makeLabAuthority(from);
	const {request} = await makeRequest(subjectOf(names), {days});
	const pem = signRequest(readRequest(Buffer.from(request)), authority, {days, from});
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)!;
	return Buffer.from(
		blocks
			.map(block => {
				const der = Buffer.from(block.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
				change(der);
				return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
			})
			.join(''),
	);
}

function renamed(der: Buffer): void {
	for (const [old, next] of [
		['TanOS Console Lab', 'Other Factory Lab'],
		['LAB ONLY - do not', 'FOR TESTS - do no'],
	] as const) {
		for (let at = der.indexOf(old); at !== -1; at = der.indexOf(old)) {
			der.write(next, at);
		}
	}
}

/** The comparison, an empty row, the verdict, and what comes next; the question has a row of its own. */
const room = 16 - 3;

test('names as long as those of the lab CA that all differ', async t => {
	const installed = await issued(['ts1.example.com'], 300, renamed);
	const rows = compared(installed, await issued(['ts1.example.com'], 299));
	t.log(rows.join('\n'));
	t.true(rows.length <= room, rows.join('\n'));
	t.regex(rows.join('\n'), /Subject[^]+Issuer[^]+Valid to[^]+SHA-256/);
});

test('of a name only the parts that differ are shown', async t => {
	const rows = compared(await issued(['ts1.example.com'], 300), await issued(['ts2.example.com', 'ts1.example.com'], 300));
	t.log(rows.join('\n'));
	t.true(rows.length <= room, rows.join('\n'));
	t.regex(rows.join('\n'), /^Subject {2,}CN=ts1\.example\.com {2,}CN=ts2\.example\.com$/m);
});

test('a fingerprint is whole', async t => {
	const rows = compared(await issued(['ts1.example.com'], 300), await issued(['ts1.example.com'], 299));
	const bytes = rows.slice(rows.findIndex(row => row.startsWith('SHA-256')));
	t.is(bytes.join(' ').match(/\b[\dA-F]{2}\b/g)?.length, 64);
});
