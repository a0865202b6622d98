// Benchmarks that do not end as they should: nothing of them is left, and the others run.
import {access, mkdtemp, readdir, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type {Benchmark} from '../../bench/benchmark.js';
import type {Figure} from '../../bench/figure.js';
import {runAll} from '../../bench/run-all.js';
import {runBenchmark} from '../../bench/run-benchmark.js';

const temporary = await mkdtemp(path.join(os.tmpdir(), 'tanos-run-'));
process.env['TMPDIR'] = temporary;
test.after.always(async () => rm(temporary, {recursive: true, force: true}));

const never = new AbortController().signal;
const longSeconds = 300;

function benchmark(name: string, more: Partial<Benchmark> = {}): Benchmark {
	return {name, title: name, needs: [], limitSeconds: longSeconds, module: new URL(`fixtures/${name}.js`, import.meta.url).href, ...more};
}

/** Whether a process runs; one that nobody has waited for yet (a zombie) does not. */
async function isRunning(pid: number): Promise<boolean> {
	return access(`/proc/${pid}/exe`).then(
		() => true,
		() => false,
	);
}

test.serial('a benchmark that is stopped leaves no process and no folder', async t => {
	const stop = new AbortController();
	const seen: Figure[] = [];
	const result = await runBenchmark(benchmark('hangs'), {
		signal: stop.signal,
		onFigure(figure) {
			seen.push(figure);
			stop.abort('SIGINT');
		},
	});
	t.is(result.outcome, 'stopped');
	t.is(path.dirname(seen[0]!.what), temporary);
	t.false(await isRunning(seen[0]!.tanos));
	t.deepEqual(await readdir(temporary), []);
});

test.serial('a benchmark that does not end in time fails, and leaves nothing', async t => {
	const result = await runBenchmark(benchmark('hangs', {limitSeconds: 1}), {signal: never});
	t.is(result.outcome, 'failed');
	t.is(result.reason, 'did not end within its limit of 1 s and was stopped');
	t.true((await Promise.all(result.figures.map(async ({tanos}) => isRunning(tanos)))).every(running => !running));
	t.deepEqual(await readdir(temporary), []);
});

test.serial('a benchmark that fails keeps its figures and says why', async t => {
	const {outcome, reason, figures} = await runBenchmark(benchmark('fails'), {signal: never});
	t.like({outcome, reason}, {outcome: 'failed', reason: 'the second does not work'});
	t.deepEqual(figures, [{what: 'first', unit: 'ms', tanos: 1}]);
	t.deepEqual(await readdir(temporary), []);
});

test.serial('a benchmark whose process ends fails with what it printed', async t => {
	const {outcome, reason} = await runBenchmark(benchmark('crashes'), {signal: never});
	t.like({outcome, reason}, {outcome: 'failed', reason: 'ended with exit code 3: the port is taken'});
});

test.serial('a signal that came before stops at once', async t => {
	const {outcome} = await runBenchmark(benchmark('hangs'), {signal: AbortSignal.abort('SIGTERM')});
	t.is(outcome, 'stopped');
	t.deepEqual(await readdir(temporary), []);
});

test.serial('one that fails does not stop the others, and what was missed is said', async t => {
	const lines: string[] = [];
	const document = await runAll([benchmark('fails'), benchmark('works')], {
		signal: never,
		print(...more) {
			lines.push(...more);
		},
	});
	t.deepEqual(
		document!.benchmarks.map(({name, outcome}) => [name, outcome]),
		[
			['fails', 'failed'],
			['works', 'measured'],
		],
	);
	t.true(lines.includes('  slow                            3.00 s    2.00 s   1.50  at most 1.2    MISSED'));
	t.deepEqual(lines.slice(-3), ['Aims: 0 met, 1 missed', '  missed: works, slow: 1.50, the aim is at most 1.2', '  failed: fails']);
});

test.serial('nothing is written about a run that was stopped', async t => {
	t.is(await runAll([benchmark('works')], {signal: AbortSignal.abort('SIGINT'), print() {}}), undefined);
});
