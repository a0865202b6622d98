// The check beside what a careful administrator does with openssl, on every row of the tests' tables that has files to look at.
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {execa} from 'execa';
import {checkPair} from '../src/certificates/check.js';
import {packageRoot} from '../src/services/package-root.js';
import {allCases, isGood} from '../test/certificates/fixtures/all-cases.js';
import type {Case} from '../test/certificates/fixtures/case.js';
import {certificateName, chainWith, goodKey, keyName, pemOf, uploaded} from '../test/certificates/fixtures/files.js';
import {ec, rsa} from '../test/certificates/fixtures/keys.js';
import {algorithms, at, authority, certificate, name, root} from '../test/certificates/fixtures/make.js';
import {inMs, inTurn, median, type Figure} from './figures.js';
import {tanosFile} from './sandbox.js';

const script = path.join(packageRoot(), 'bench', 'careful-check.sh');
const hosts = ['ts1.example.com', 'ts2.example.com'];
const rounds = 9;

type Row = {isGood: boolean; certificate: Buffer; key: Buffer};
type Score = {caught: number; refused: number; took: number};

/** Scores and times of the script and of ours, each given the same files, roots, hosts and moment. */
export async function yardstickFigures(): Promise<Figure[]> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'yardstick-'));
	try {
		const rows = allCases.flatMap(row => rowOf(row));
		const [theirs, ours] = await scores(folder, rows);
		const good = rows.filter(row => row.isGood).length;
		return [
			{
				name: `bad pairs caught of ${rows.length - good}, script / ours`,
				value: `${theirs.caught} / ${ours.caught}`,
				aim: `${rows.length - good}`,
			},
			{name: `good pairs refused of ${good}, script / ours`, value: `${theirs.refused} / ${ours.refused}`, aim: '0'},
			{name: `rows without files, left out of ${allCases.length}`, value: String(allCases.length - rows.length), aim: '-'},
			ratio('time per pair, script / ours', theirs.took / rows.length, ours.took / rows.length, 'at least 20'),
			await wholeProcesses(folder),
		];
	} finally {
		await rm(folder, {recursive: true});
	}
}

/** A certificate without its intermediate is no fault of the file as such, but it does not lead to a given root. */
function rowOf(row: Case): Row[] {
	const [certificate, key] = [uploaded(certificateName, (row.certificate ?? chainWith)()), uploaded(keyName, (row.key ?? goodKey)())];
	return certificate.state === 'read' && key.state === 'read'
		? [{isGood: isGood(row) && row.name !== 'chain-alone', certificate: certificate.bytes, key: key.bytes}]
		: [];
}

/** The roots of all rows: the usual one, and those that single rows end at. */
function roots(): Buffer {
	const authorities = ['Authority 9', 'Authority 19'].map(cn => authority(cn, rsa('intermediate')));
	const selfSigned = certificate({issuer: name('ts1.example.com'), signer: rsa('leaf').privateKey});
	return Buffer.from(pemOf(root(), authority('Test Root', ec('root'), {algorithm: algorithms.ecdsa}), ...authorities, selfSigned));
}

async function scores(folder: string, rows: readonly Row[]): Promise<[Score, Score]> {
	const [theirs, ours]: [Score, Score] = [
		{caught: 0, refused: 0, took: 0},
		{caught: 0, refused: 0, took: 0},
	];
	const ca = roots();
	await writeFile(path.join(folder, 'roots.pem'), ca);
	for (const row of rows) {
		await writeFile(path.join(folder, certificateName), row.certificate);
		await writeFile(path.join(folder, keyName), row.key, {mode: 0o600});
		await count(theirs, row, async () => runScript(folder));
		await count(
			ours,
			row,
			async () => checkPair(uploaded(certificateName, row.certificate), uploaded(keyName, row.key), {hosts, at, ca}).ok,
		);
	}

	return [theirs, ours];
}

async function count(score: Score, {isGood}: Row, accepts: () => Promise<boolean>): Promise<void> {
	const started = performance.now();
	const isAccepted = await accepts();
	score.took += performance.now() - started;
	score[isGood ? 'refused' : 'caught'] += isAccepted ? 0 : 1;
}

async function runScript(folder: string): Promise<boolean> {
	const {exitCode} = await execa(script, [certificateName, keyName, 'roots.pem', String(at.getTime() / 1000), ...hosts], {
		cwd: folder,
		reject: false,
	});
	return exitCode === 0;
}

/** Both as a shell would start them, on a good pair; most of ours is the start of Node. */
async function wholeProcesses(folder: string): Promise<Figure> {
	await writeFile(path.join(folder, certificateName), chainWith());
	await writeFile(path.join(folder, keyName), goodKey());
	const words = [
		tanosFile,
		'certificate',
		'check',
		certificateName,
		keyName,
		...hosts.flatMap(host => ['--host', host]),
		'--ca',
		'roots.pem',
		'--at',
		at.toISOString(),
	];
	const timed = (run: () => Promise<boolean>) => async () => {
		const started = performance.now();
		if (!(await run())) {
			throw new Error('the good pair of the benchmark is refused');
		}

		return performance.now() - started;
	};

	const [theirs, ours] = await inTurn(
		rounds,
		timed(async () => runScript(folder)),
		timed(async () => (await execa(process.execPath, words, {cwd: folder, reject: false})).exitCode === 0),
	);
	return ratio('whole process, script / certificate check', median(theirs), median(ours), 'at least 1');
}

function ratio(what: string, theirs: number, ours: number, aim: string): Figure {
	return {name: what, value: `${inMs(theirs)} / ${inMs(ours)} = ${(theirs / ours).toFixed(1)}`, aim};
}
