// In the bundle the order in which modules are evaluated is not that of the imports in the source. Ink decides about colour when it
// is evaluated, so whatever decides otherwise must have run before.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {openPty} from '../../src/replay/pty.js';
import {packageRoot} from '../../src/services/package-root.js';
import {makeAppliance, overSsh, tanosFile} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';

/** SGR sequences, but for the reset that may end a frame. */
const rendition = /\u001B\[[1-9][\d;]*m/;

/** What a console has written to a terminal up to its first frame. */
async function firstFrame(
	t: ExecutionContext,
	command: string,
	words: string[],
	environment: Record<string, string> = {},
): Promise<string> {
	const {PATH = ''} = process.env;
	const program = openPty(command, words, packageRoot(), {
		columns: 80,
		rows: 24,
		environment: {PATH, TERM: 'xterm-256color', ...environment},
	});
	t.teardown(async () => program.kill());
	let output = '';
	await new Promise<void>((resolve, reject) => {
		program.onData(text => {
			output += text;
			if (/Login:|Main Menu/.test(output)) {
				resolve();
			}
		});
		program.onExit(exitCode => {
			reject(new Error(`ended with ${exitCode}: ${output}`));
		});
	});
	return output;
}

test('the console is in colour, but not where NO_COLOR asks for none', async t => {
	const {root} = await makeAppliance(t);
	const words = [tanosFile, '--root', root];
	t.regex(await firstFrame(t, process.execPath, words), rendition);
	t.notRegex(await firstFrame(t, process.execPath, words, {NO_COLOR: '1'}), rendition);
	t.regex(await firstFrame(t, process.execPath, words, {NO_COLOR: ''}), rendition);
});

testWith('ssh')('the console is in colour over SSH, though the server has no terminal', async t => {
	const ssh = await overSsh(await makeAppliance(t), 'tanadmin');
	t.regex(await firstFrame(t, ssh.command, ssh.arguments), rendition);
});

test('no other command loads Ink', async t => {
	const [shared, entry] = await Promise.all(
		['shared.js', 'tanos.js'].map(async name => readFile(path.join(packageRoot(), 'build', name), 'utf8')),
	);
	const inkOrReact = /Symbol\.for\("react\.|yoga/i;
	t.notRegex(shared!, inkOrReact);
	t.notRegex(entry!, inkOrReact);
});
