// `tanos certificate convert` at a terminal: the question for a passphrase, and what is left when it is not answered.
import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {openPty} from '../../src/replay/pty.js';
import {tanosFile} from '../helpers/appliance.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {chainWith, goodKey} from '../certificates/fixtures/files.js';
import {rsa} from '../certificates/fixtures/keys.js';

const passphrase = 'four words are enough';
const lockedKey = (): string => rsa('leaf').privateKey.export({type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase}).toString();

/** What a terminal said, how the command ended, and what `stty` said of the terminal afterwards. */
type Session = {seen: string; code: number; settings: string; written: string[]; folder: string};

/** Converts a pair at a pseudo-terminal, and answers each question for a passphrase with the next of these keys. */
async function convertAt(t: ExecutionContext, answers: string[], key = lockedKey()): Promise<Session> {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'server.crt'), chainWith());
	await writeFile(path.join(folder, 'server.key'), key, {mode: 0o600});
	const command = `'${process.execPath}' '${tanosFile}' certificate convert server.crt server.key --out new; echo "code $?"; stty -a`;
	const terminal = openPty('/bin/sh', ['-c', command], folder, {
		columns: 200,
		rows: 24,
		environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
	});
	t.teardown(async () => terminal.kill());
	let seen = '';
	let unanswered = 0;
	terminal.onData(text => {
		seen += text;
		const rest = seen.slice(unanswered);
		if (rest.endsWith('Passphrase of server.key: ') && answers.length > 0) {
			unanswered = seen.length;
			terminal.write(answers.shift()!);
		}
	});
	await new Promise<number>(resolve => {
		terminal.onExit(resolve);
	});
	t.deepEqual(answers, [], seen);
	const [, said = '', code = '', settings = ''] = /^([^]*)code (\d+)([^]*)$/.exec(seen) ?? [];
	return {seen: said, code: Number(code), settings, written: await readdir(path.join(folder, 'new')).catch(() => []), folder};
}

/** The terminal echoes, reads lines and sends signals, as a shell expects it. */
function isSane(t: ExecutionContext, {settings}: Session): void {
	t.regex(settings, /(?<![-\w])icanon\b/);
	t.regex(settings, /(?<![-\w])echo\b/);
	t.regex(settings, /(?<![-\w])isig\b/);
}

test('the passphrase is not shown, and corrections are taken', async t => {
	const session = await convertAt(t, [`nonsense\u0015${passphrase}x\u007F\r`]);
	t.is(session.code, 0, session.seen);
	t.notRegex(session.seen, /nonsense|four|words/);
	t.deepEqual(session.written.toSorted(), ['SOAPServer.crt', 'SOAPServer.key']);
	t.is(await readFile(path.join(session.folder, 'new', 'SOAPServer.key'), 'utf8'), goodKey());
	isSane(t, session);
});

test('a wrong passphrase is asked for again', async t => {
	const session = await convertAt(t, ['wrong\r', `${passphrase}\r`]);
	t.is(session.code, 0, session.seen);
	t.regex(session.seen, /server\.key: The passphrase does not open the key\./);
	t.is(session.written.length, 2);
});

test('what is typed ahead answers the next question', async t => {
	const session = await convertAt(t, [`wrong\r${passphrase}\r`]);
	t.is(session.code, 0, session.seen);
	t.notRegex(session.seen, /wrong|words/);
});

test('after three wrong passphrases nothing is written', async t => {
	const session = await convertAt(t, ['wrong\r', '\r', 'wrong again\r']);
	t.is(session.code, 1, session.seen);
	t.is(session.seen.match(/The passphrase does not open the key\./g)?.length, 3);
	t.notRegex(session.seen, /wrong/);
	t.deepEqual(session.written, []);
	isSane(t, session);
});

for (const [what, keys, says] of [
	['Ctrl+C', 'half of it\u0003', /Cancelled\./],
	['Ctrl+D', '\u0004', /The passphrase of server\.key is missing\./],
] as const) {
	test(`${what} ends the command without a file, and leaves the terminal as it was`, async t => {
		const session = await convertAt(t, [keys]);
		t.is(session.code, 1, session.seen);
		t.regex(session.seen, says);
		t.notRegex(session.seen, /half/);
		t.deepEqual(session.written, []);
		isSane(t, session);
	});
}
