// What is loaded before the console's first frame, on which the time to it depends.
import {mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {writeIdentity} from '../../src/appliance/identity.js';
import {layoutOf} from '../../src/appliance/layout.js';
import {openPty} from '../../src/replay/pty.js';
import {packageRoot} from '../../src/services/package-root.js';
import {tanosFile} from '../helpers/appliance.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import type {LoadedModules} from './fixtures/record-modules.js';

const recorder = path.join(import.meta.dirname, 'fixtures', 'record-modules.js');

/** Opens a console on a pseudo-terminal up to its first frame. */
async function loadedBeforeFirstFrame(t: ExecutionContext): Promise<LoadedModules> {
	const folder = await temporaryFolder(t);
	const layout = layoutOf(path.join(folder, 'appliance'));
	await mkdir(layout.settings, {recursive: true});
	await writeIdentity(layout, {
		name: 'ts1.example.com',
		serial: 'TEST-0001',
		role: 'all-in-one',
		world: 'sandbox',
		address: '127.0.0.1',
		ports: {console: 1, moduleServer: 2, ssh: 3, patch: 4},
		settle: 700,
	});
	const report = path.join(folder, 'loaded.json');
	const {PATH = ''} = process.env;
	const program = openPty(process.execPath, ['--import', recorder, tanosFile, '--root', layout.root], packageRoot(), {
		columns: 80,
		rows: 24,
		environment: {PATH, HOME: folder, TERM: 'xterm-256color', LOADED_MODULES: report},
	});
	let output = '';
	program.onData(text => {
		output += text;
	});
	const exitCode = await new Promise<number>(resolve => {
		program.onExit(resolve);
	});
	t.is(exitCode, 0, output);
	return JSON.parse(await readFile(report, 'utf8')) as LoadedModules;
}

test('nothing is loaded before the first frame but what these lists name', async t => {
	const {builtins, files} = await loadedBeforeFirstFrame(t);
	t.deepEqual(builtins.toSorted(), [
		'fs/promises',
		'net',
		'os',
		'process',
		'stream',
		'stream/promises',
		'string_decoder',
		'timers/promises',
		'tty',
		'v8',
	]);
	const names = files.map(url => path.relative(packageRoot(), fileURLToPath(url)).replace(/-[A-Z\d]{8}\.js$/, '-HASH.js'));
	t.deepEqual(names, ['bin/tanos.js', 'build/tanos.js', 'build/shared.js', 'build/console-HASH.js']);
});
