// OpenSSL's command line as the judge of a sample of the accepted pairs.
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {at} from '../certificates/fixtures/make.js';
import {openssl} from '../helpers/openssl.js';
import type {Finding, FindingId} from '../../src/certificates/check.js';
import {anchorPem} from './promises.js';
import type {Pair} from './seeds.js';

/** Refusals for reasons of trust, which OpenSSL must confirm. */
const trust = new Set<FindingId>([
	'chain-broken',
	'chain-expired',
	'chain-not-ca',
	'chain-purpose',
	'chain-signature',
	'expired',
	'explicit-curve',
	'netscape-cert-type',
	'not-yet-valid',
	'unknown-critical-extension',
]);

/** Rules that are stricter than OpenSSL on purpose: what stands in the file for nobody, though a chain exists. */
const stricter = 'is the certificate of another server';

/** Whether these findings refuse a pair for nothing but reasons that OpenSSL has, too. */
export function isAboutTrust(findings: readonly Finding[]): boolean {
	const errors = findings.filter(({severity}) => severity === 'error');
	return errors.length > 0 && errors.every(({id, message}) => trust.has(id) && !message.includes(stricter));
}

export type Verdict = {
	/** What OpenSSL says against it, as a server and as a client. */
	fault?: string;
	/** What it says only where it is as strict as it can be; a pair that works may have such flaws. */
	flaw?: string;
};

/** Verifies a certificate file up to the root of the fixtures at their moment. */
export async function verify({certificate}: Pair, hosts: readonly string[]): Promise<Verdict> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'fuzz-verify-'));
	const [root, file] = ['root.pem', 'server.pem'].map(name => path.join(folder, name)) as [string, string];
	const run = async (...words: string[]) =>
		openssl(
			'verify',
			'-attime',
			String(at.getTime() / 1000),
			'-CAfile',
			root,
			'-no-CApath',
			'-no-CAstore',
			'-untrusted',
			file,
			...words,
			file,
		).then(
			() => undefined,
			(error: unknown) => {
				const {stderr = '', message} = error as Error & {stderr?: string};
				return /error \d+ .*/.exec(stderr)?.[0] ?? message;
			},
		);
	try {
		await writeFile(root, anchorPem);
		await writeFile(file, certificate);
		const flaw = await run('-x509_strict', '-purpose', 'sslserver', '-verify_hostname', hosts[0]!);
		const asServer = flaw && (await run('-purpose', 'sslserver', '-verify_hostname', hosts[0]!));
		const fault = asServer ?? (await run('-purpose', 'sslclient', '-verify_hostname', hosts.at(-1)!));
		return {...(fault && {fault}), ...(flaw && !fault && {flaw})};
	} finally {
		await rm(folder, {recursive: true});
	}
}
