// Does a chain hold? `openssl verify` has the second opinion on the end certificates of NIST's PKITS.
//
// What makes the comparison fair: both get the same file, the end certificate followed by its issuers up to the one trust anchor,
// as names and key identifiers lead; both judge by the same clock; neither looks at revocation or policies; and of our findings
// only those count that are about the path: all of the chain, the end certificate's own dates and unknown critical extensions, and
// what cannot be read. What we ask of a server beyond that (names, purposes, its key) is not OpenSSL's question here.
import {X509Certificate} from 'node:crypto';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {checkPair} from '../../src/certificates/check.js';
import {toPem} from '../../src/certificates/parse/pem.js';
import {certificateName, goodKey, keyName, uploaded} from '../certificates/fixtures/files.js';
import {attempt, filesBelow, type Comparison} from './material.js';

const clock = new Date('2020-01-01T00:00:00Z');
const aboutThePath = /^(chain-(?!missing|duplicate|long).*|expired|not-yet-valid|dates-reversed|unknown-critical-extension|cert-parse)$/;

export async function comparePaths(): Promise<Comparison[]> {
	const files = await filesBelow('x509/PKITS_data/certs', /\.crt$/);
	const all = new Map(
		await Promise.all(files.map(async file => [path.basename(file, '.crt'), new X509Certificate(await readFile(file))] as const)),
	);
	const anchor = all.get('TrustAnchorRootCertificate')!;
	const folder = await mkdtemp(path.join(os.tmpdir(), 'pkits-'));
	try {
		await writeFile(path.join(folder, 'root.pem'), pemOf([anchor]));
		const comparisons: Comparison[] = [];
		for (const [name, end] of [...all].filter(([name]) => name.endsWith('EE'))) {
			const file = pemOf(pathFrom(end, [...all.values()], anchor));
			comparisons.push({name, ours: ourVerdict(file, pemOf([anchor])), theirs: await opensslsVerdict(folder, file)});
		}

		return comparisons;
	} finally {
		await rm(folder, {recursive: true});
	}
}

/** The end certificate and its issuers; the anchor is not among them. The shortest way, where there are several. */
function pathFrom(end: X509Certificate, all: readonly X509Certificate[], anchor: X509Certificate): X509Certificate[] {
	const ways: X509Certificate[][] = [[end]];
	for (const way of ways) {
		const last = way.at(-1)!;
		if (last.checkIssued(anchor)) {
			return way;
		}

		const issuers = all.filter(other => !way.includes(other) && other !== anchor && other.subject === last.issuer && issued(other, last));
		ways.push(...issuers.map(issuer => [...way, issuer]));
	}

	return [end];
}

/** Whether key identifiers fit as well. An issuer that may not issue never does to OpenSSL, and that is what some tests are about. */
function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
	return certificate.checkIssued(issuer) || !issuer.ca;
}

function pemOf(certificates: readonly X509Certificate[]): string {
	return certificates.map(({raw}) => toPem('CERTIFICATE', raw)).join('');
}

function ourVerdict(file: string, ca: string): string {
	const {findings} = checkPair(uploaded(certificateName, file), uploaded(keyName, goodKey()), {hosts: [], at: clock, ca: Buffer.from(ca)});
	return findings.some(({severity, id}) => severity === 'error' && aboutThePath.test(id)) ? 'refused' : 'accepted';
}

async function opensslsVerdict(folder: string, file: string): Promise<string> {
	const name = path.join(folder, 'file.pem');
	await writeFile(name, file);
	const {ok} = await attempt(
		'openssl',
		'verify',
		'-attime',
		String(clock.getTime() / 1000),
		'-CAfile',
		path.join(folder, 'root.pem'),
		'-no-CApath',
		'-no-CAstore',
		'-untrusted',
		name,
		name,
	);
	return ok ? 'accepted' : 'refused';
}
