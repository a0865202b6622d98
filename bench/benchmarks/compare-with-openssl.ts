// The check compared with what an administrator can check with openssl, on every row of the tests' tables that has files.
import {X509Certificate} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {execa} from 'execa';
import {checkPair} from '../../src/certificates/check.js';
import {packageRoot} from '../../src/services/package-root.js';
import {allCases, isGood} from '../../test/certificates/fixtures/all-cases.js';
import type {Case} from '../../test/certificates/fixtures/case.js';
import {certificateName, chainWith, goodKey, keyName, pemOf, uploaded} from '../../test/certificates/fixtures/files.js';
import {ec, rsa} from '../../test/certificates/fixtures/keys.js';
import {algorithms, at, authority, certificate, name, root} from '../../test/certificates/fixtures/make.js';
import {aimFor, figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {tanosFile} from '../support/appliance.js';

const script = path.join(packageRoot(), 'bench', 'support', 'openssl-check.sh');
const hosts = ['ts1.example.com', 'ts2.example.com'];
const rounds = 9;

type Row = {isGood: boolean; certificate: Buffer; key: Buffer};
type Score = {found: number; refused: number; took: number};

/**
 * Scores and times of the script and of the check, for the same files, hosts and time. The check needs no roots, as in 2-4; the script
 * has those of the rows, as openssl accepts nothing without.
 */
export async function* measure(folder: string): AsyncGenerator<Figure> {
	const rows = allCases.flatMap(row => rowOf(row));
	const [theirs, ours] = await scores(folder, rows);
	const good = rows.filter(row => row.isGood).length;
	const bad = rows.length - good;
	yield figureOf({what: `bad pairs found, of ${bad}`, unit: '', tanos: ours.found, peer: theirs.found, aim: aimFor('at least', bad)});
	yield figureOf({what: `good pairs refused, of ${good}`, unit: '', tanos: ours.refused, peer: theirs.refused, aim: aimFor('at most', 0)});
	yield figureOf({what: 'rows without files, left out', unit: '', tanos: allCases.length - rows.length});
	const perPair = {tanos: ours.took / rows.length, peer: theirs.took / rows.length};
	yield figureOf({what: 'time per pair', unit: 'ms', ...perPair, aim: ratioAim('under', 0.05)}); // More than 20 times as fast.
	yield await wholeProcesses(folder);
}

function rowOf(row: Case): Row[] {
	const [certificate, key] = [uploaded(certificateName, (row.certificate ?? chainWith)()), uploaded(keyName, (row.key ?? goodKey)())];
	return certificate.state === 'read' && key.state === 'read'
		? [{isGood: isGood(row), certificate: certificate.bytes, key: key.bytes}]
		: [];
}

/** The roots that the tables are made with. */
function commonRoots(): string {
	const authorities = ['Authority 9', 'Authority 19'].map(cn => authority(cn, rsa('intermediate')));
	const selfSigned = certificate({issuer: name('ts1.example.com'), signer: rsa('leaf').privateKey});
	return pemOf(root(), authority('Test Root', ec('root'), {algorithm: algorithms.ecdsa}), ...authorities, selfSigned).toString();
}

function selfSignedIn(file: Buffer): string[] {
	const blocks = file.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
	return blocks.filter(block => {
		const {subject, issuer} = new X509Certificate(block);
		return subject === issuer;
	});
}

async function scores(folder: string, rows: readonly Row[]): Promise<[Score, Score]> {
	const [theirs, ours]: [Score, Score] = [
		{found: 0, refused: 0, took: 0},
		{found: 0, refused: 0, took: 0},
	];
	const common = commonRoots();
	for (const row of rows) {
		const own = row.isGood ? selfSignedIn(row.certificate) : [];
		await writeFile(path.join(folder, 'roots.pem'), [common, ...own].join('\n'));
		await writeFile(path.join(folder, certificateName), row.certificate);
		await writeFile(path.join(folder, keyName), row.key, {mode: 0o600});
		await count(theirs, row, async () => runScript(folder));
		await count(ours, row, async () => checkPair(uploaded(certificateName, row.certificate), uploaded(keyName, row.key), {hosts, at}).ok);
	}

	return [theirs, ours];
}

async function count(score: Score, {isGood}: Row, accepts: () => Promise<boolean>): Promise<void> {
	const started = performance.now();
	const isAccepted = await accepts();
	score.took += performance.now() - started;
	score[isGood ? 'refused' : 'found'] += isAccepted ? 0 : 1;
}

async function runScript(folder: string): Promise<boolean> {
	const words = [certificateName, keyName, 'roots.pem', String(at.getTime() / 1000), ...hosts];
	const {exitCode} = await execa(script, words, {cwd: folder, reject: false});
	return exitCode === 0;
}

/** Both as a shell would start them, on a good pair; most of this project's time is the start of Node. */
async function wholeProcesses(folder: string): Promise<Figure> {
	await writeFile(path.join(folder, certificateName), chainWith());
	await writeFile(path.join(folder, keyName), goodKey());
	const names = hosts.flatMap(host => ['--host', host]);
	const words = [tanosFile, 'certificate', 'check', certificateName, keyName, ...names, '--ca', 'roots.pem', '--at', at.toISOString()];
	const [tanos, peer] = await inTurn(
		rounds,
		timed(async () => (await execa(process.execPath, words, {cwd: folder, reject: false})).exitCode === 0),
		timed(async () => runScript(folder)),
	);
	const aim = ratioAim('at most', 1);
	return figureOf({what: 'whole process, a good pair', unit: 'ms', tanos: median(tanos), peer: median(peer), aim});
}

function timed(accepts: () => Promise<boolean>) {
	return async () => {
		const started = performance.now();
		if (!(await accepts())) {
			throw new Error('The valid pair of the benchmark was refused.');
		}

		return performance.now() - started;
	};
}
