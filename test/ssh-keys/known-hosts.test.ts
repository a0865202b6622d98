// The files of known hosts, with ssh-keygen as the judge of what they say.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {ssh2} from '../../src/ssh-keys/ssh2.js';
import {matchHostKey, knownHostsLine, hostPattern, knownTypes, linesFor, readKnownHosts} from '../../src/ssh-keys/known-hosts.js';
import {sshFingerprint} from '../../src/ssh-keys/public-key.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {execute} from '../ssh-server/served.js';

const testWithKeygen = testWith('ssh-keygen');

/** A new public key in SSH's own form. */
function newKey(type: 'ed25519' | 'ecdsa' = 'ed25519'): Buffer {
	const made = ssh2.utils.parseKey(
		type === 'ed25519' ? ssh2.utils.generateKeyPairSync('ed25519').public : ssh2.utils.generateKeyPairSync('ecdsa', {bits: 256}).public,
	);
	if (made instanceof Error) {
		throw made;
	}

	return made.getPublicSSH();
}

const [one, two, ecdsa] = [newKey(), newKey(), newKey('ecdsa')];
const written = (key: Buffer) => knownHostsLine('', key, false).trim();

const cases: Array<[hosts: string, name: string, isAbout: boolean]> = [
	['ts1.example.com', 'ts1.example.com', true],
	['ts1.example.com', 'ts1.example.com.org', false],
	['ts1.example.com', 'ts1xexample.com', false],
	['TS1.Example.com', 'ts1.example.com', true],
	['a,ts1,b', 'ts1', true],
	['*.example.com', 'ts1.example.com', true],
	['*.example.com', 'example.com', false],
	['ts?', 'ts1', true],
	['ts?', 'ts12', false],
	['*,!ts1', 'ts1', false],
	['!ts1,*', 'ts2', true],
	['!ts1', 'ts2', false],
	['[ts1]:2222', '[ts1]:2222', true],
	['[ts1]:2222', 'ts1', false],
	['ts1', '[ts1]:2222', false],
	['*', '[ts1]:2222', true],
	['[*.example.com]:2222', '[ts1.example.com]:2222', true],
	['[::1]:2222', '[::1]:2222', true],
	['2001:db8::1', '2001:db8::1', true],
	['192.168.1.*', '192.168.1.7', true],
];

testWithKeygen('a line is about the hosts that ssh-keygen finds it for', async t => {
	const file = path.join(await temporaryFolder(t), 'known_hosts');
	for (const [hosts, name, expected] of cases) {
		await writeFile(file, `# ${name}\n\n${hosts} ${written(one)} a comment\n`);
		const lines = linesFor(readKnownHosts(await readFile(file, 'utf8'), file), name);
		t.is(lines.length === 1, expected, `${hosts} for ${name}`);
		t.is((await execute('ssh-keygen', ['-F', name, '-f', file])).status === 0, expected, `${hosts} for ${name}, as ssh-keygen sees it`);
	}
});

testWithKeygen('a file that ssh-keygen has hashed is read, and so are hashed lines of ours by ssh-keygen', async t => {
	const file = path.join(await temporaryFolder(t), 'known_hosts');
	const names = ['ts1.example.com', '[ts1.example.com]:2222', '[::1]:2222'];
	await writeFile(file, names.map(name => `${name} ${written(one)}\n`).join(''));
	t.is((await execute('ssh-keygen', ['-H', '-f', file])).status, 0);
	const text = await readFile(file, 'utf8');
	t.false(text.includes('ts1'));
	for (const [index, name] of names.entries()) {
		t.deepEqual(
			linesFor(readKnownHosts(text, file), name).map(({line}) => line),
			[index + 1],
		);
	}

	t.deepEqual(linesFor(readKnownHosts(text, file), 'ts2.example.com'), []);
	await writeFile(file, knownHostsLine('[ts1]:2222', two, true));
	t.regex((await execute('ssh-keygen', ['-F', '[ts1]:2222', '-f', file])).out, /found: line 1/);
	t.is((await execute('ssh-keygen', ['-F', 'ts1', '-f', file])).status, 1);
});

test('one of several keys is enough, and any other key has changed', t => {
	const known = readKnownHosts(`ts1 ${written(one)}\nts1 ${written(ecdsa)}\nts2 ${written(two)}\n`, 'file');
	const lines = linesFor(known, 'ts1');
	t.deepEqual(knownTypes(lines), ['ssh-ed25519', 'ecdsa-sha2-nistp256']);
	t.deepEqual(matchHostKey(lines, one), {verdict: 'known'});
	t.deepEqual(matchHostKey(lines, ecdsa), {verdict: 'known'});
	t.like(matchHostKey(lines, two), {verdict: 'changed', by: {file: 'file', line: 1}});
	t.like(matchHostKey(lines, newKey('ecdsa')), {verdict: 'changed', by: {line: 2}});
	t.like(matchHostKey(linesFor(known, 'ts2'), ecdsa), {verdict: 'changed', by: {line: 3}});
	t.deepEqual(matchHostKey(linesFor(known, 'ts3'), one), {verdict: 'unknown'});
});

test('a revoked key stays revoked, whatever else a file says of it', t => {
	const known = readKnownHosts(`ts1 ${written(one)}\n@revoked * ${written(one)}\n@cert-authority * ${written(two)}\n`, 'file');
	t.like(matchHostKey(linesFor(known, 'ts1'), one), {verdict: 'revoked', by: {line: 2}});
	t.like(matchHostKey(linesFor(known, 'ts2'), one), {verdict: 'revoked'});
	t.deepEqual(matchHostKey(linesFor(known, 'ts2'), two), {verdict: 'unknown'});
	t.deepEqual(matchHostKey(linesFor(known, 'ts2'), ecdsa), {verdict: 'unknown'});
});

test('what is no line of a known key says nothing', t => {
	const [, base64] = written(one).split(' ');
	const lines = [
		'',
		'#',
		`#ts1 ${written(one)}`,
		'ts1',
		'ts1 ssh-ed25519',
		'ts1 ssh-ed25519 !!!',
		`ts1 ssh-rsa ${base64}`,
		`ts1 ${base64}`,
		`@other ts1 ${written(one)}`,
		`|2|AA==|AA== ${written(one)}`,
		`|1| ${written(one)}`,
		`| ${written(one)}`,
		'@revoked',
		'ts1 ssh-ed25519 AAAA',
	];
	t.deepEqual(linesFor(readKnownHosts(lines.join('\n'), 'file'), 'ts1'), []);
	t.is(linesFor(readKnownHosts(`\tts1\t${written(one)}\r\n`, 'file'), 'ts1').length, 1);
});

testWithKeygen('fingerprints are those of ssh-keygen, and the usual port is not part of a name', async t => {
	const file = path.join(await temporaryFolder(t), 'key.pub');
	await writeFile(file, written(ecdsa));
	t.is((await execute('ssh-keygen', ['-lf', file])).out.split(' ')[1], sshFingerprint(ecdsa));
	t.deepEqual([hostPattern('TS1', 22), hostPattern('ts1', 2222), hostPattern('::1', 22)], ['ts1', '[ts1]:2222', '::1']);
});
