// soap check and soap install with files that have other names, in the words of the command and in its answers.
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {runCommand} from '../../src/tanos-commands/run.js';
import {namedFilesIn} from '../../src/tanos-commands/upload-words.js';
import {Problem} from '../../src/problem.js';
import {chainWith, goodKey, pemOf} from '../certificates/fixtures/files.js';
import {at, certificate, intermediate} from '../certificates/fixtures/make.js';
import {open} from '../console/console-session.js';
import {installPair} from '../helpers/sandbox.js';

type Ran = {code: number; output: string; errors: string};

/** A function that runs a command on an appliance with these files in /incoming. */
async function applianceWith(t: ExecutionContext, files: Record<string, string | Buffer>): Promise<(...words: string[]) => Promise<Ran>> {
	const {environment, layout} = await open(t, {now: () => at});
	for (const folder of [layout.incoming, layout.taniumServer]) {
		await mkdir(folder, {recursive: true});
	}

	await installPair(layout);
	for (const [name, content] of Object.entries(files)) {
		await writeFile(path.join(layout.incoming, name), content, {mode: 0o600});
	}

	return async (...words) => {
		const streams = {input: new PassThrough(), output: new PassThrough(), errors: new PassThrough()};
		const [output, errors] = [text(streams.output), text(streams.errors)];
		streams.input.end();
		const code = await runCommand(words, {...environment, user: {name: 'tanadmin', role: 'tanadmin'}}, {...streams, terminal: false});
		streams.output.end();
		streams.errors.end();
		return {code, output: await output, errors: await errors};
	};
}

const renamed = () => ({'server (1).crt': pemOf(certificate()), 'server.key': goodKey(), 'ca.cer': intermediate(), 'notes.txt': 'text'});

test('soap check names the files that may be what is missing, and the words that use them do', async t => {
	const run = await applianceWith(t, renamed());
	const {code, output} = await run('soap', 'check');
	t.is(code, 1);
	t.regex(output, /\n {2}server \(1\)\.crt: certificate of ts1\.example\.com, valid to \S+\n {2}server\.key: private key \(RSA 2048\)\n/);
	t.true(output.includes("To use them:\n  soap check --certificate 'server (1).crt' --key server.key\n"), output);
	t.notRegex(output, / {2}notes/);
	const named = ['--certificate', 'server', '(1).crt', '--key', 'server.key'];
	const alone = await run('soap', 'check', ...named);
	t.is(alone.code, 0, alone.output);
	t.true(alone.output.includes("\n  soap check --certificate 'server (1).crt' --key server.key --chain ca.cer\n"), alone.output);
	const whole = await run('soap', 'check', ...named, '--chain', 'ca.cer');
	t.is(whole.code, 0);
	t.notRegex(whole.output, /chain-missing|To use/);
});

test('the JSON of soap check has the candidates', async t => {
	const run = await applianceWith(t, renamed());
	const {candidates} = JSON.parse((await run('soap', 'check', 'json')).output) as {candidates: unknown[]};
	t.like(candidates, [
		{name: 'server (1).crt', uses: ['certificate']},
		{name: 'server.key', holds: 'private key (RSA 2048)', uses: ['key']},
	]);
	const complete = await applianceWith(t, {'SOAPServer.crt': chainWith(), 'SOAPServer.key': goodKey(), 'ca.cer': intermediate()});
	t.like(JSON.parse((await complete('soap', 'check', 'json')).output), {ok: true, candidates: []});
});

test('soap install names them as well, and takes the same words', async t => {
	const run = await applianceWith(t, renamed());
	const refused = await run('soap', 'install', '--dry-run');
	t.is(refused.code, 1);
	t.true(refused.output.includes("To use them:\n  soap install --certificate 'server (1).crt' --key server.key\n"), refused.output);
	const planned = await run('soap', 'install', '--certificate', 'server (1).crt', '--key', 'server.key', '--chain', 'ca.cer', '--dry-run');
	t.is(planned.code, 0, planned.output);
	t.regex(planned.output, /Test Intermediate[^]*Dry run\. Nothing was changed\./);
});

test('a chain that does not belong to the certificate, and a file that is not there, are refused', async t => {
	const run = await applianceWith(t, {'SOAPServer.crt': pemOf(certificate()), 'SOAPServer.key': goodKey()});
	const {code, errors} = await run('soap', 'check', '--chain', 'SOAPServer.key');
	t.is(code, 1);
	t.regex(errors, /SOAPServer\.key holds no certificate that continues the chain of SOAPServer\.crt\./);
	t.regex((await run('soap', 'check', '--certificate', 'none.crt')).output, /There is no file none\.crt/);
});

test('names end at the next option, and are names of one file', t => {
	t.deepEqual(namedFilesIn(['--Certificate', 'a', '(1).crt', '--dry-run', '--key', 'b']), {
		named: {certificate: 'a (1).crt', key: 'b'},
		rest: ['--dry-run'],
	});
	t.deepEqual(namedFilesIn(['now']), {named: {}, rest: ['now']});
	for (const words of [
		['--key'],
		['--key', '--dry-run'],
		['--key', '../x'],
		['--key', '/x'],
		['--key', '.'],
		['--key', 'a', '--key', 'b'],
	]) {
		t.is(t.throws(() => namedFilesIn(words), {instanceOf: Problem}).code, 'usage', words.join(' '));
	}
});
