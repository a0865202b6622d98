// `log show NAME follow`: what ends it, at a terminal and elsewhere.
import {once} from 'node:events';
import {appendFile, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import {runCommand} from '../../src/tanos-commands/run.js';
import {open} from '../console/console-session.js';

async function follow(t: ExecutionContext, {terminal = false} = {}) {
	const {environment, layout} = await open(t);
	await mkdir(layout.taniumServerLogs, {recursive: true});
	const log = path.join(layout.taniumServerLogs, 'taniumserver.log');
	await writeFile(log, 'one\ntwo\n');
	const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
	const gone = new AbortController();
	const code = runCommand(
		['log', 'show', 'taniumserver', '1', 'follow'],
		{...environment, user: {name: 'tanadmin', role: 'tanadmin'}},
		{input, output, errors, terminal, signal: gone.signal},
	);
	let said = '';
	output.on('data', (bytes: Buffer) => {
		said += bytes.toString();
	});
	const until = async (text: string) => {
		while (!said.includes(text)) {
			await once(output, 'data');
		}
	};
	return {log, input, output, gone, code, until, said: () => said};
}

test('without a terminal it goes on when the input has ended, until the connection ends', async t => {
	const {log, input, gone, code, until, said} = await follow(t);
	input.end();
	await until('two\n');
	await appendFile(log, 'three\n');
	await until('three\n');
	gone.abort();
	t.is(await code, 0);
	t.is(said(), 'two\nthree\n');
});

for (const [name, key] of [
	['Ctrl+C', '\u0003'],
	['Ctrl+D', '\u0004'],
] as const) {
	test(`at a terminal ${name} ends it, also behind other keys`, async t => {
		const {input, code, until, said} = await follow(t, {terminal: true});
		await until('two\r\n');
		input.write('x\r');
		await until('x\r\n');
		input.write(key);
		t.is(await code, 0);
		t.regex(said(), /^two\r\nx\r\n/);
	});
}

test('it ends when nobody reads the output any more', async t => {
	const {output, code, until} = await follow(t);
	await until('two\n');
	output.destroy();
	t.is(await code, 0);
});

test('one JSON document cannot follow', async t => {
	const {environment} = await open(t);
	const errors = new PassThrough();
	const streams = {input: new PassThrough(), output: new PassThrough(), errors, terminal: false};
	const session = {...environment, user: {name: 'tanadmin', role: 'tanadmin' as const}};
	t.is(await runCommand(['log', 'show', 'patch', 'follow', 'json'], session, streams), 2);
	t.regex(String(errors.read()), /leave out json or follow/);
});
