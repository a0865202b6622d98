// The procedures for two Tanium Servers and for a Module Server, and the guide at a terminal.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import plain from 'ava';
import {activeActiveProcedure, moduleServerProcedure, standaloneProcedure} from '../../../src/cli/windows/procedures.js';
import {openPty} from '../../../src/replay/pty.js';
import {packageRoot} from '../../../src/services/package-root.js';
import {tanosFile} from '../../helpers/appliance.js';
import {freePorts} from '../../helpers/ports.js';
import {testWith} from '../../helpers/test-with.js';
import {makePair, makeSite, present, runGuide, whenDone, type Pair, type Presented, type Turn} from './site.js';

const test = testWith('openssl');

const enter = (...titles: RegExp[]): Turn[] => titles.map(title => [title, '']);
const serve = (title: RegExp, {server}: Presented, served: Pair['whole']): Turn => [title, '', async () => server.setSecureContext(served)];

test('active-active with one pair: the secondary server only after the primary is proven', async t => {
	const folder = await makeSite(t);
	const [old, fresh] = [await makePair(folder, 'old'), await makePair(folder, 'SOAPServer')];
	const [primary, secondary] = [await present(t, old.whole), await present(t, old.whole)];
	const words = ['active-active', fresh.crt, fresh.key, `localhost:${primary.port}`, `127.0.0.1:${secondary.port}`];
	const {code, seen} = await runGuide(t, words, [
		...enter(
			/window/,
			/Step 2 of 15, on localhost: Put the new/,
			/on localhost: Back up/,
			/on localhost: Stop/,
			/on localhost: Copy/,
			/Delete/,
		),
		...enter(/on localhost: Start/),
		serve(/localhost:\d+ presents another certificate/, primary, fresh.whole),
		...enter(/on 127\.0\.0\.1: Back up/, /on 127\.0\.0\.1: Stop/),
		...enter(/on 127\.0\.0\.1: Copy .* from the installation folder of the primary Tanium Server.* never over SMB/, /Delete/),
		serve(/on 127\.0\.0\.1: Start/, secondary, fresh.whole),
		...enter(/TaniumModuleServer register localhost:\d+ TaniumModuleServer register 127\.0\.0\.1:\d+ .* for the primary/),
		...enter(/Reboot it\. Or select Restart/, /on localhost and 127\.0\.0\.1: Restart/),
	]);
	t.is(code, 0, seen);
	t.is(seen.match(/done {4}\S+ presents the new certificate/g)?.length, 4);
});

test('active-active with a pair for each: each server presents its own', async t => {
	const folder = await makeSite(t);
	const [first, second] = [await makePair(folder, 'first'), await makePair(folder, 'second')];
	const [primary, secondary] = [await present(t, first.whole), await present(t, first.whole)];
	const words = ['active-active', first.crt, first.key, `localhost:${primary.port}`, `127.0.0.1:${secondary.port}`];
	const own = ['--secondary-crt', second.crt, '--secondary-key', second.key];
	const {code, seen} = await runGuide(
		t,
		[...words, ...own, '--then-module-server', '--from', '13'],
		[...enter(/Step 13 of 13, on 127\.0\.0\.1: Start/), [/127\.0\.0\.1:\d+ presents another certificate/, 'no']],
	);
	t.is(code, 1, seen);
	t.true(seen.includes(`--secondary-crt ${second.crt} --secondary-key ${second.key} --then-module-server --from 13`), seen);
	secondary.server.setSecureContext(second.whole);
	const again = await runGuide(t, [...words, ...own, '--then-module-server', '--from', '13'], enter(/Step 13/));
	t.is(again.code, 0, again.seen);
});

test('module-server: ssl.crt and ssl.key, registered with Tanium Servers that run', async t => {
	const folder = await makeSite(t);
	const [old, fresh] = [await makePair(folder, 'old'), await makePair(folder, 'ssl')];
	const [taniumServer, moduleServer] = [await present(t, old.whole), await present(t, old.whole)];
	const {port} = taniumServer;
	await taniumServer.server[Symbol.asyncDispose]();
	const words = ['module-server', fresh.crt, fresh.key, `localhost:${moduleServer.port}`, '--tanium-server', `localhost:${port}`];
	const {code, seen} = await runGuide(t, words, [
		...enter(
			/No TLS server answers on localhost:\d+.* Step 1 of/,
			/ssl\.crt, .* ssl\.key/,
			/Back up the old ssl\.crt/,
			/Stop every Tanium service/,
		),
		...enter(
			/Copy the new ssl\.crt and ssl\.key/,
			/Delete every other copy of the new ssl\.key/,
			/Make sure that the Tanium Server service runs/,
		),
		[/No TLS server answers/, '', async () => present(t, old.whole, port)],
		...enter(/answers over TLS .* TaniumModuleServer register localhost:\d+/),
		serve(/on localhost: Restart every Tanium service/, moduleServer, fresh.whole),
		...enter(/Restart the Tanium Server service/),
	]);
	t.is(code, 0, seen);
});

test('a Module Server that demands a client certificate is not taken for one that is down', async t => {
	const folder = await makeSite(t);
	const [old, fresh] = [await makePair(folder, 'old'), await makePair(folder, 'ssl')];
	const taniumServer = await present(t, old.whole);
	const [port = 0] = await freePorts(1);
	const files = ['-cert', fresh.crt, '-key', fresh.key];
	const server = spawn('openssl', [
		's_server',
		'-accept',
		`127.0.0.1:${port}`,
		...files,
		'-Verify',
		'1',
		'-verify_return_error',
		'-tls1_2',
	]);
	t.teardown(() => server.kill());
	await once(server.stdout, 'data'); // ACCEPT
	const words = ['module-server', fresh.crt, fresh.key, `127.0.0.1:${port}`, '--tanium-server', `localhost:${taniumServer.port}`];
	const {code, seen} = await runGuide(
		t,
		[...words, '--from', '9'],
		[...enter(/127\.0\.0\.1:\d+ ends the TLS handshake, so what it presents cannot be read/), [/may demand a client certificate/, 'no']],
	);
	t.is(code, 1, seen);
	t.regex(seen, /--from 9\nTo go on with the next step all the same:\n {2}tanos windows module-server .* --from 10\n$/);
});

test('at a terminal: Enter goes on, Ctrl+C stops, and the terminal is left as it was', async t => {
	const folder = await makeSite(t);
	const [old, fresh] = [await makePair(folder, 'old'), await makePair(folder, 'SOAPServer')];
	const server = await present(t, old.whole);
	const command = `${process.execPath} ${tanosFile} windows standalone ${fresh.crt} ${fresh.key} localhost:${server.port}`;
	const terminal = openPty('/bin/sh', ['-c', `${command}; echo "code $?"; stty -a`], folder, {
		columns: 200,
		rows: 50,
		environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
	});
	t.teardown(async () => terminal.kill());
	const answers = ['\r', 'yess\u007F\r', '\u0003'];
	let [seen, answered] = ['', 0];
	terminal.onData(text => {
		seen += text;
		if (seen.slice(answered).trimEnd().endsWith(whenDone)) {
			answered = seen.length;
			terminal.write(answers.shift() ?? '');
		}
	});
	await new Promise<number>(resolve => {
		terminal.onExit(resolve);
	});
	t.deepEqual(answers, [], seen);
	t.regex(seen, /Stopped\. Step 3 of 10[^]+--from 3\r\ncode 1\r\n/);
	t.regex(seen, /(?<![-\w])icanon\b[^]+(?<![-\w])echo\b/);
});

test('a certificate in the file that is no part of the chain need not be presented', async t => {
	const folder = await makeSite(t);
	const [other, fresh] = [await makePair(folder, 'other'), await makePair(folder, 'SOAPServer')];
	const cert = Buffer.concat([fresh.whole.cert, other.leafOnly.cert]);
	await execa('sh', ['-c', 'cat other.crt >> SOAPServer.crt'], {cwd: folder});
	const server = await present(t, {...fresh.whole, cert});
	const words = ['standalone', fresh.crt, fresh.key, `localhost:${server.port}`, '--from', '10'];
	const {code, seen} = await runGuide(t, words, enter(/warning chain-superfluous/));
	t.is(code, 0, seen);
});

plain('docs/windows.md names every step of the procedures, in their order', async t => {
	const text = await readFile(path.join(packageRoot(), 'docs', 'windows.md'), 'utf8');
	for (const {title, steps} of [standaloneProcedure, activeActiveProcedure, moduleServerProcedure]) {
		const [, section = ''] = new RegExp(`## ${RegExp.escape(title)}\n([^]*?)(?=\n## |$)`).exec(text) ?? [];
		const rows = [...section.matchAll(/^\| (?!Step|---)(.*?) \| (.*?) \|/gm)].map(([, step, document]) => [step, document]);
		t.deepEqual(
			rows,
			steps.map(step => [step.title, step.document]),
			title,
		);
	}
});
