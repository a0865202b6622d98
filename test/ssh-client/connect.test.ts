// Who is at the other end, and who we are, with a real sshd, ssh-agent and ssh-keygen, and this project's own server.
import {appendFile, chmod, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer, type AddressInfo} from 'node:net';
import {once} from 'node:events';
import path from 'node:path';
import testAnywhere from 'ava';
import type {Operator} from '../../src/ssh-client/host.js';
import {testWith} from '../helpers/test-with.js';
import {execute, password, servedAppliance} from '../ssh-server/served.js';
import {scripted} from './operator.js';
import {hostOf, know, me, newKey, startAgent, startSshd} from './sshd.js';
import {visit, refused, knownHosts, fingerprintOf} from './visit.js';

const test = testWith('sshd', 'ssh-keygen');

test('a host is asked for a key of the type in known_hosts, even if it has others', async t => {
	const sshd = await startSshd(t, {hostKeys: ['ed25519', 'ecdsa', 'rsa']});
	for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
		await know(sshd.folder, sshd.port, type);
		t.is(await visit([hostOf(sshd)]), await fingerprintOf(path.join(sshd.folder, `host_${type}.pub`)));
	}
});

test('a known_hosts file with hashed names is read', async t => {
	const sshd = await startSshd(t);
	await execute('ssh-keygen', ['-H', '-f', knownHosts(sshd)]);
	t.regex(await readFile(knownHosts(sshd), 'utf8'), /^\|1\|/);
	await visit([hostOf(sshd)]);
	t.pass();
});

testWith(
	'sshd',
	'ssh-keygen',
	'ssh',
	'sftp',
)('a new host is asked about, and remembered as OpenSSH would', async t => {
	const sshd = await startSshd(t);
	const operator = scripted([], true);
	await writeFile(knownHosts(sshd), 'other ssh-ed25519 AAAA'); // And no line end.
	const host = hostOf(sshd);
	await visit([host], operator);
	const fingerprint = await fingerprintOf(path.join(sshd.folder, 'host_ed25519.pub'));
	t.deepEqual(operator.met, [{name: `[127.0.0.1]:${sshd.port}`, address: '127.0.0.1', type: 'ED25519', fingerprint}]);
	t.is((await readFile(knownHosts(sshd), 'utf8')).split('\n').length, 3);
	await visit([host]);

	const hashed = {...host, knownHosts: {...host.knownHosts, files: [path.join(sshd.folder, 'new', 'hosts')], hashed: true}};
	await visit([hashed], scripted([], true));
	t.regex(await readFile(hashed.knownHosts.files[0]!, 'utf8'), /^\|1\|\S+ ssh-ed25519 \S+\n$/);
	t.is((await execute('ssh-keygen', ['-F', host.knownHosts.name, '-f', hashed.knownHosts.files[0]!])).status, 0);
	const asOpenssh = [
		'-F',
		'/dev/null',
		'-P',
		String(sshd.port),
		'-i',
		path.join(sshd.folder, 'id'),
		'-o',
		`UserKnownHostsFile=${knownHosts(sshd)}`,
		'-o',
		'StrictHostKeyChecking=yes',
	];
	t.is((await execute('sftp', [...asOpenssh, '-b', '-', `${me}@127.0.0.1`], {input: 'pwd\n'})).status, 0, 'OpenSSH reads the line, too');
});

test('nothing is sent to an unknown host', async t => {
	const sshd = await startSshd(t);
	await rm(knownHosts(sshd));
	const silent = await refused(t, [hostOf(sshd)], scripted());
	t.is(silent.code, 'host-unknown');
	t.regex(silent.message, /ED25519 key SHA256:/);
	t.is((await refused(t, [hostOf(sshd)], scripted([], false))).code, 'host-unknown');
	const host = hostOf(sshd);
	const strict = scripted([], true);
	t.is((await refused(t, [{...host, knownHosts: {...host.knownHosts, mayAsk: false}}], strict)).code, 'host-unknown');
	t.deepEqual(strict.met, []);
	t.notRegex(sshd.log(), /Accepted|Failed|userauth-request|Postponed/);
});

test('a changed key is never accepted, and the line with the other key is named', async t => {
	const sshd = await startSshd(t);
	await newKey(path.join(sshd.folder, 'host_other'), ['-t', 'ed25519']);
	const other = await readFile(path.join(sshd.folder, 'host_other.pub'), 'utf8');
	await writeFile(knownHosts(sshd), `# comment\n[127.0.0.1]:${sshd.port} ${other}`);
	const operator = scripted([], true);
	const {code, message, hint} = await refused(t, [hostOf(sshd)], operator);
	t.is(code, 'host-key-changed');
	t.true(message.includes(`${knownHosts(sshd)}:2 has ${await fingerprintOf(path.join(sshd.folder, 'host_other.pub'))}`));
	t.true(hint.endsWith(`ssh-keygen -f ${knownHosts(sshd)} -R '[127.0.0.1]:${sshd.port}'`));
	t.deepEqual(operator.met, []);
	await execute('sh', ['-c', hint.slice(hint.indexOf('ssh-keygen'))]);
	await visit([hostOf(sshd)], operator);
	t.is(operator.met.length, 1, 'after the hint it is a new host');
});

test('a revoked key is never accepted', async t => {
	const sshd = await startSshd(t);
	await appendFile(knownHosts(sshd), `@revoked * ${await readFile(path.join(sshd.folder, 'host_ed25519.pub'), 'utf8')}`);
	const {code, message} = await refused(t, [hostOf(sshd)], scripted([], true));
	t.is(code, 'host-key-revoked');
	t.true(message.includes(`${knownHosts(sshd)}:2`));
});

test('a host without a key of the known type is not asked for another', async t => {
	const sshd = await startSshd(t, {hostKeys: ['ecdsa']});
	await newKey(path.join(sshd.folder, 'host_ed25519'));
	await know(sshd.folder, sshd.port, 'ed25519');
	const {code, message} = await refused(t, [hostOf(sshd)], scripted([], true));
	t.is(code, 'host-key-type');
	t.regex(message, /known by a key of type ssh-ed25519 \(.*known_hosts:1\)/);
});

for (const [name, words] of [
	['an RSA', ['-t', 'rsa', '-b', '2048']],
	['an ECDSA', ['-t', 'ecdsa', '-b', '521']],
	['an old PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
] as const) {
	test(`${name} key opens the account, with its passphrase when it has one`, async t => {
		const sshd = await startSshd(t);
		const file = path.join(sshd.folder, 'other');
		await newKey(file, words, 'correct horse');
		await writeFile(path.join(sshd.folder, 'authorized_keys'), await readFile(`${file}.pub`, 'utf8'));
		const host = hostOf(sshd, {identityFiles: [path.join(sshd.folder, 'id'), file]});
		const operator = scripted(['wrong', 'correct horse']);
		await visit([host], operator);
		t.deepEqual(
			operator.asked,
			Array.from({length: 2}, () => `Enter passphrase for key '${file}': `),
		);

		await rm(`${file}.pub`);
		await visit([host], scripted(['correct horse']));
		const given = scripted(['pear', 'plum', 'quince', 'medlar']);
		t.is((await refused(t, [host], given)).code, 'permission-denied');
		t.is(given.asked.length, 3);
		t.deepEqual(given.told, [`${file}: wrong passphrase three times.`]);
	});
}

test('the passphrase of a key that the host does not accept is not asked for', async t => {
	const sshd = await startSshd(t);
	await newKey(path.join(sshd.folder, 'other'), undefined, 'secret');
	await rm(path.join(sshd.folder, 'other.pub'));
	const operator = scripted();
	await visit([hostOf(sshd, {identityFiles: [path.join(sshd.folder, 'other'), path.join(sshd.folder, 'id')]})], operator);
	t.deepEqual(operator.asked, []);
});

test('a key that others can read is not used', async t => {
	const sshd = await startSshd(t);
	await chmod(path.join(sshd.folder, 'id'), 0o644);
	const operator = scripted();
	t.is((await refused(t, [hostOf(sshd)], operator)).code, 'permission-denied');
	t.regex(operator.told.join('\n'), /can be read by others.*chmod 600/);
});

testWith(
	'sshd',
	'ssh-keygen',
	'ssh-agent',
	'ssh-add',
)("the agent's keys open the account, and only the named ones when told so", async t => {
	const sshd = await startSshd(t);
	const others = Array.from({length: 7}, (_, index) => path.join(sshd.folder, `other${index}`));
	await Promise.all(others.map(async file => newKey(file)));
	const agent = await startAgent(t, sshd.folder, [...others, path.join(sshd.folder, 'id')]);
	await rm(path.join(sshd.folder, 'id')); // Only its public half is left, to say which of the agent's keys is meant.
	await visit([hostOf(sshd, {agent})]);
	await visit([hostOf(sshd, {agent, identitiesOnly: false})]);
	const {code} = await refused(t, [hostOf(sshd, {agent, identityFiles: [others[0]!]})]);
	t.is(code, 'permission-denied');
	const tooMany = await refused(t, [hostOf(sshd, {agent, identityFiles: [], identitiesOnly: false})]);
	t.regex(tooMany.message, /Too many authentication failures/);
	const operator = scripted();
	await refused(t, [hostOf(sshd, {agent: path.join(sshd.folder, 'nobody')})], operator);
	t.deepEqual(operator.told, ['The SSH agent does not answer.']);
});

testAnywhere('a password is asked for, three times at most, and the question says whose it is', async t => {
	const served = await servedAppliance(t);
	const host = hostOf({port: served.port, folder: served.home}, {user: 'tancopy', identityFiles: []});
	const operator = scripted(['wrong', password]);
	await visit([host], operator);
	t.deepEqual(
		operator.asked,
		Array.from({length: 2}, () => `(tancopy@127.0.0.1:${served.port}) Password: `),
	);
	const wrong = scripted(['one', 'two', 'three', 'four']);
	const {code, message, hint} = await refused(t, [host], wrong);
	t.is(code, 'permission-denied');
	t.is(wrong.asked.length, 3);
	t.notRegex(`${message} ${hint} ${wrong.told.join(' ')}`, /one|two|three|four/);
	const silent = scripted();
	await refused(t, [host], silent);
	t.is(silent.asked.length, 1);
});

test('cancelling a question ends the connection', async t => {
	const served = await servedAppliance(t);
	const sshd = await startSshd(t);
	await newKey(path.join(sshd.folder, 'other'), undefined, 'secret');
	await writeFile(path.join(sshd.folder, 'authorized_keys'), await readFile(path.join(sshd.folder, 'other.pub')));
	const why = new Error('given up');
	const leaving: Operator = {
		...scripted(),
		answer: async () => {
			throw why;
		},
		isKnown: async () => {
			throw why;
		},
	};
	t.is(await refused(t, [hostOf({port: served.port, folder: served.home}, {user: 'tancopy', identityFiles: []})], leaving), why as never);
	t.is(await refused(t, [hostOf(sshd, {identityFiles: [path.join(sshd.folder, 'other')]})], leaving), why as never);
	await rm(knownHosts(sshd));
	t.is(await refused(t, [hostOf(sshd)], leaving), why as never);
});

test('through two hosts, each verified', async t => {
	const [first, second, last] = [await startSshd(t), await startSshd(t), await startSshd(t)];
	const route = [hostOf(first), hostOf(second), hostOf(last)];
	t.is(await visit(route), await fingerprintOf(path.join(last.folder, 'host_ed25519.pub')));
	t.regex(second.log(), /Accepted publickey/);
	await know(second.folder, second.port, 'ed25519', last.folder);
	t.is((await refused(t, route)).code, 'host-key-changed');
	t.notRegex(last.log(), /Accepted publickey[^]*Accepted publickey/);
});

test('an unreachable host, a server that is not SSH, and one that closes the connection are distinguished', async t => {
	const sshd = await startSshd(t, {lines: ['AllowTcpForwarding no']});
	const other = createServer(socket => socket.end('220 mail ready\r\n'));
	other.listen(0, '127.0.0.1');
	await once(other, 'listening');
	t.teardown(() => other.close());
	const {port} = other.address() as AddressInfo;
	t.is((await refused(t, [hostOf({...sshd, port})])).code, 'not-ssh');
	const nobody = await refused(t, [hostOf(sshd, {port: 1})]);
	t.is(nobody.code, 'unreachable');
	t.regex(nobody.message, /port 1\) cannot be reached: the connection is refused/);
	t.is((await refused(t, [hostOf(sshd, {address: 'nowhere.invalid'})])).code, 'unreachable');
	const beyond = await refused(t, [hostOf(sshd), hostOf(sshd)]);
	t.is(beyond.code, 'unreachable');
	t.regex(beyond.message, /from the host before it/);
});
