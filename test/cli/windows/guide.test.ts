// `tanos windows`: real TLS servers on loopback present what a person has, or has not, copied to them.
import {readdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {tanos} from '../../helpers/appliance.js';
import {testWith} from '../../helpers/test-with.js';
import {fingerprintOf, makePair, makeSite, present, runGuide, type Pair, type Presented, type Turn} from './site.js';

const test = testWith('openssl');

type Scene = {folder: string; old: Pair; fresh: Pair; server: Presented; host: string};

/** A Tanium Server that presents an old certificate, and a new pair for it. */
async function scene(t: ExecutionContext): Promise<Scene> {
	const folder = await makeSite(t);
	const [old, fresh] = [await makePair(folder, 'old'), await makePair(folder, 'SOAPServer')];
	const server = await present(t, old.whole);
	return {folder, old, fresh, server, host: `localhost:${server.port}`};
}

/** Enter at each of these steps. */
const enter = (...titles: RegExp[]): Turn[] => titles.map(title => [title, '']);

const window = /Begin a maintenance window/;
const bring = /Put the new files[^]+SOAPServer\.crt[^]+SCP or SFTP, never over SMB/;
const upToCopy = enter(window, bring, /Back up the old/, /Stop the Tanium Server/, /Copy the new/);
const register = /TaniumModuleServer register localhost:\d+/;
const restartModuleServer = /Restart every Tanium service/;
const restart = /Restart the Tanium Server service/;

/** The step that starts the Tanium Server, and what it presents from then on. */
const start = ({server}: {server: Presented}, served: Pair['whole']): Turn => [
	/Start the Tanium Server service/,
	'yes',
	async () => server.server.setSecureContext(served),
];

test('standalone: every step in order, and the new chain is served at the end', async t => {
	const site = await scene(t);
	const {code, seen} = await runGuide(
		t,
		['standalone', site.fresh.crt, site.fresh.key, site.host],
		[
			...upToCopy,
			[/Delete every other copy of the new SOAPServer\.key/, '', async () => rm(site.fresh.key)],
			start(site, site.fresh.whole),
			...enter(register, restartModuleServer, restart),
		],
	);
	t.is(code, 0, seen);
	t.true(seen.replaceAll(/\s/g, '').includes(await fingerprintOf(site.folder, 'old.crt')), 'what was presented before');
	t.is(seen.match(/done {4}localhost:\d+ presents the new certificate and its chain/g)?.length, 2);
	t.regex(seen, /Not visible from outside[^]+trusted\.crt[^]+restarted[^]+other copies/);
	t.notRegex(seen, /still on this machine/);
});

test('a wrong certificate, a leaf without its chain and a server that is down are told apart, and looked at again', async t => {
	const site = await scene(t);
	const {server} = site.server;
	const {port} = site.server;
	const {code, seen} = await runGuide(
		t,
		['standalone', site.fresh.crt, site.fresh.key, site.host, '--then-module-server'],
		[
			...upToCopy,
			...enter(/Delete every other copy/, /Start the Tanium Server service/),
			[/presents another certificate[^]+SHA-256[^]+Expected: SHA-256/, '', async () => server.setSecureContext(site.fresh.leafOnly)],
			[
				/presents the new certificate, but not its whole chain\. Missing: CN=Example-Issuing-CA/,
				'',
				async () => server[Symbol.asyncDispose](),
			],
			[/No TLS server answers on localhost:\d+: connection refused/, '', async () => present(t, site.fresh.whole, port)],
		],
	);
	t.is(code, 0, seen);
	t.is(seen.match(/failed {2}localhost/g)?.length, 3);
	t.regex(seen, /SOAPServer\.key is still on this machine\. Delete it\./);
	t.true(seen.trimEnd().endsWith(`tanos windows module-server ssl.crt ssl.key MODULE_SERVER --tanium-server localhost:${port}`), seen);
});

test('a server that never presents the new certificate is not taken for success', async t => {
	const site = await scene(t);
	const words = ['standalone', site.fresh.crt, site.fresh.key, site.host];
	const {code, seen} = await runGuide(
		t,
		[...words, '--from', '7'],
		[...enter(/Start the Tanium Server service/, /presents another certificate/), [/presents another certificate/, 'no']],
	);
	t.is(code, 1, seen);
	t.regex(seen, /Stopped\. Step 7 of 10, on localhost: Start[^]+what it should lead to was not seen over TLS[^]+--from 7\n[^]+--from 8\n$/);
});

test('a step to begin with does not leave out the proof', async t => {
	const site = await scene(t);
	await using module = await present(t, site.old.whole).then(({server, port}) => Object.assign(server, {port}));
	const words = ['module-server', site.fresh.crt, site.fresh.key, `127.0.0.1:${module.port}`, '--tanium-server', site.host];
	const {code, seen} = await runGuide(
		t,
		[...words, '--from', '10'],
		[...enter(restart), [/127\.0\.0\.1:\d+ presents another certificate/, 'n']],
	);
	t.is(code, 1, seen);
});

for (const [what, answer] of [
	['no', 'no'],
	['the end of the input', undefined],
] as const) {
	test(`${what} in the middle says where one stands, and the printed command goes on there`, async t => {
		const site = await scene(t);
		const words = ['standalone', site.fresh.crt, site.fresh.key, site.host, '--ca', path.join(site.folder, 'ca.crt')];
		const {code, seen} = await runGuide(t, words, [...upToCopy, [/Delete every other copy/, answer, async () => rm(site.fresh.key)]]);
		t.is(code, 1, seen);
		t.regex(seen, /Stopped\. Step 6 of 10, on localhost: Delete every other copy/);
		t.regex(seen, /\nThe steps before it are done\. The Tanium Server service is stopped\./);
		const command = seen.trimEnd().split('\n').at(-1)!.trim().split(' ');
		t.deepEqual(command, [
			'tanos',
			'windows',
			'standalone',
			site.fresh.crt,
			site.host,
			'--ca',
			path.join(site.folder, 'ca.crt'),
			'--from',
			'6',
		]);
		const rest = await runGuide(t, command.slice(2), [
			...enter(/^(?![^]*maintenance window)[^]*Step 6 of 10/),
			start(site, site.fresh.whole),
			...enter(register, restartModuleServer, restart),
		]);
		t.is(rest.code, 0, rest.seen);
	});
}

test('an answer that is neither is asked for again', async t => {
	const site = await scene(t);
	const {code, seen} = await runGuide(
		t,
		['standalone', site.fresh.crt, site.host],
		[
			[window, 'perhaps'],
			[/Press Enter for yes, or enter no\./, 'NO'],
		],
	);
	t.is(code, 1);
	t.regex(seen, /Stopped\. Step 1 of 10: Begin[^\n]+\nNothing was done before it\./);
});

test('lines that are piped at once are the answers', async t => {
	const site = await scene(t);
	site.server.server.setSecureContext(site.fresh.whole);
	const words = ['windows', 'standalone', site.fresh.crt, site.fresh.key, site.host];
	const whole = await tanos(words, {input: '\n'.repeat(10)});
	t.is(whole.exitCode, 0, whole.stdout);
	const short = await tanos(words, {input: '\n'.repeat(9)});
	t.is(short.exitCode, 1, short.stdout);
	t.regex(short.stdout, /Stopped\. Step 10 of 10/);
});

test('a pair that cannot be installed is refused before the first step', async t => {
	const {folder, old, fresh, server, host} = await scene(t);
	for (const [words, says] of [
		[['standalone', fresh.crt, old.key, host], /error key-mismatch/],
		[['standalone', fresh.crt, fresh.key, `ts9.example.com:${server.port}`], /error san-host/],
		[['active-active', fresh.crt, fresh.key, host, 'ts9.example.com'], /error san-host/],
		[
			['active-active', fresh.crt, fresh.key, host, '127.0.0.1:1', '--secondary-crt', old.crt, '--secondary-key', fresh.key],
			/key-mismatch/,
		],
		[['module-server', path.join(folder, 'ssl.crt'), fresh.key, '127.0.0.1', '--tanium-server', host], /error cert-not-found/],
	] as const) {
		const {exitCode, stdout} = await tanos(['windows', ...words], {input: '\n'.repeat(20)});
		t.is(exitCode, 1, stdout);
		t.regex(stdout, says);
		t.regex(stdout, /cannot be installed\.[^]*Nothing was changed\.$/);
		t.notRegex(stdout, /Step 1/);
	}

	t.is(server.connections, 0);
});

test('a dry run prints the steps, reads no file, and connects to nothing', async t => {
	const {folder, server, host} = await scene(t);
	const before = await readdir(folder);
	for (const [words, says] of [
		[['standalone', 'none.crt', 'none.key', host], /Step 10 of 10, on localhost: Restart/],
		[['standalone', 'none.crt', 'ts1.example.com', '--then-module-server'], /Step 7 of 7[^]+ts1\.example\.com:443 presents\.$/],
		[['active-active', 'none.crt', host, '[::1]'], /Step 15 of 15, on localhost and ::1:[^]+\[::1\]:443 present\.$/],
		[['module-server', 'none.crt', 'ms1.example.com', '--tanium-server', host], /ms1\.example\.com:17477 presents\./],
	] as const) {
		const {exitCode, stdout} = await tanos(['windows', ...words, '--dry-run']);
		t.is(exitCode, 0, stdout);
		t.regex(stdout, says);
	}

	t.deepEqual(await readdir(folder), before);
	t.is(server.connections, 0);
});

test('wrong arguments are usage errors', async t => {
	const {fresh, host} = await scene(t);
	await writeFile(fresh.key, '');
	for (const [words, says] of [
		[['standalone', fresh.crt, fresh.key], /HOST\[:PORT\] is missing: .*SOAPServer\.key is a file/],
		[['standalone', fresh.crt, 'https://ts1/'], /https:\/\/ts1\/: it must be the name or the address/],
		[['standalone', fresh.crt, 'ts1:70000'], /port 70000 is not valid/],
		[['standalone', '-', fresh.key, host], /- is standard input/],
		[['standalone', fresh.crt, host, '--from', '11'], /--from 11: it must be a whole number from 1 to 10/],
		[['active-active', fresh.crt, host, host], /localhost:\d+ is named twice/],
		[['active-active', fresh.crt, host, 'ts2', '--secondary-key', fresh.key], /--secondary-crt FILE is missing/],
		[['module-server', fresh.crt, host], /--tanium-server HOST\[:PORT\] is missing/],
	] as const) {
		const {exitCode, stderr} = await tanos(['windows', ...words]);
		t.is(exitCode, 2, words.join(' '));
		t.regex(stderr, says);
	}
});
