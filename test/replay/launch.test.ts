// `tanos-console/replay` as others import it: the bundle, by the name of the package, with the example of docs/replay.md.
import {mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import type * as replay from '../../src/replay/launch.js';
import {packageRoot} from '../../src/services/package-root.js';

const root = packageRoot();

async function imported(): Promise<typeof replay> {
	const name = 'tanos-console/replay'; // Not a constant for the compiler: it is the built bundle.
	return (await import(name)) as typeof replay;
}

/** A folder of somebody else, in whose node_modules this package is. */
async function otherProject(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-launch-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	await mkdir(path.join(folder, 'node_modules', '@types'), {recursive: true});
	await symlink(root, path.join(folder, 'node_modules', 'tanos-console'));
	await symlink(path.join(root, 'node_modules', '@types', 'node'), path.join(folder, 'node_modules', '@types', 'node'));
	return folder;
}

test('a program is typed at, waited for, read and ended', async t => {
	const {launch} = await imported();
	await using terminal = await launch('/bin/sh', ['-c', 'printf "\\033[1mName\\033[0m: "; read -r name; echo "Hello $name"; sleep 60'], {
		rows: 5,
	});
	await terminal.waitFor(/name:/i);
	t.deepEqual(terminal.cursor, {column: 6, row: 0});
	await terminal.type('you');
	await terminal.press('Enter');
	await terminal.waitFor(/^Hello you$/m);
	const {text, cells, svg} = terminal.snapshot('hello');
	t.is(text, 'Name: you\nHello you\n\n\n');
	t.deepEqual([cells[0]![0]!.style.bold, cells[0]![6]!.style.bold], [true, false]);
	t.true(svg.startsWith('<svg '));
	t.regex(terminal.recording(), /Hello/);
	t.is(terminal.exitCode, undefined);
});

test('what does not come in time rejects with the screen', async t => {
	const {launch, Problem} = await imported();
	await using terminal = await launch('/bin/sh', ['-c', 'echo here; sleep 60']);
	const problem = await t.throwsAsync(terminal.waitFor(/never/, {timeoutMs: 300}), {instanceOf: Problem});
	t.regex(problem.message, /waitFor\(\/never\/\)[^]*\|here /);
});

test('the exit code of a program is told', async t => {
	const {launch} = await imported();
	const terminal = await launch('/bin/sh', ['-c', 'exit 7']);
	t.is(await terminal.waitForExit(), 7);
});

test('the example of the documentation runs, and its types are those of the package', async t => {
	const page = await readFile(path.join(root, 'docs', 'replay.md'), 'utf8');
	const example = /^```ts\n(.*?)^```$/ms.exec(page)![1]!;
	t.true(example.trimEnd().split('\n').length <= 10);
	const folder = await otherProject(t);
	await writeFile(path.join(folder, 'example.test.ts'), example);
	await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
	const {exitCode, all} = await execa(process.execPath, ['--test', 'example.test.ts'], {cwd: folder, all: true, reject: false});
	t.is(exitCode, 0, all);
	const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'esnext', '--types', 'node'];
	const checked = await execa(path.join(root, 'node_modules', '.bin', 'tsc'), [...options, 'example.test.ts'], {
		cwd: folder,
		all: true,
		reject: false,
	});
	t.is(checked.exitCode, 0, checked.all);
});
