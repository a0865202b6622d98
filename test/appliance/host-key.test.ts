import {execFile} from 'node:child_process';
import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import ssh2 from 'ssh2';
import {ensureHostKey, hostKeyFingerprints} from '../../src/appliance/host-key.js';
import {layoutOf} from '../../src/appliance/layout.js';
import {testWith} from '../helpers/test-with.js';

const testWithKeygen = testWith('ssh-keygen');

const run = promisify(execFile);

async function emptyLayout(t: ExecutionContext) {
	const root = await mkdtemp(path.join(tmpdir(), 'tanos-host-key-'));
	t.teardown(() => rm(root, {recursive: true, force: true}));
	return layoutOf(root);
}

testWithKeygen('OpenSSH reads the private key and derives the same public key from it', async t => {
	const layout = await emptyLayout(t);
	await ensureHostKey(layout);
	const {stdout} = await run('ssh-keygen', ['-y', '-P', '', '-f', layout.hostKey]);
	const [type, blob] = stdout.trim().split(' ');
	t.is(type, 'ssh-ed25519');
	t.true((await readFile(`${layout.hostKey}.pub`, 'utf8')).startsWith(`ssh-ed25519 ${blob} `));
});

testWithKeygen('a signature made with the private key verifies against the public one', async t => {
	const layout = await emptyLayout(t);
	await ensureHostKey(layout);
	const message = path.join(layout.root, 'message');
	await writeFile(message, 'hello');
	await run('ssh-keygen', ['-Y', 'sign', '-n', 'test', '-f', layout.hostKey, message]);
	await writeFile(path.join(layout.root, 'signers'), `tanos ${await readFile(`${layout.hostKey}.pub`, 'utf8')}`);
	const verify = run('sh', ['-c', 'ssh-keygen -Y verify -f signers -I tanos -n test -s message.sig < message'], {cwd: layout.root});
	t.regex((await verify).stdout, /^Good "test" signature/);
});

testWithKeygen('the fingerprint is the one that ssh-keygen prints', async t => {
	const layout = await emptyLayout(t);
	await ensureHostKey(layout);
	const {stdout} = await run('ssh-keygen', ['-lf', layout.hostKey]);
	const [fingerprint] = await hostKeyFingerprints(layout);
	t.is(stdout.trim(), `${fingerprint!.bits} ${fingerprint!.sha256} tanos (${fingerprint!.type})`);
});

test('only the owner can read the private key, and no temporary file is left', async t => {
	const layout = await emptyLayout(t);
	await ensureHostKey(layout);
	t.is((await stat(layout.hostKey)).mode & 0o777, 0o600);
	t.is((await stat(`${layout.hostKey}.pub`)).mode & 0o777, 0o644);
	t.deepEqual(await readdir(layout.settings), [path.basename(layout.hostKey), `${path.basename(layout.hostKey)}.pub`]);
});

test('the key is created once, even when several ask at the same time', async t => {
	const layout = await emptyLayout(t);
	await Promise.all([ensureHostKey(layout), ensureHostKey(layout), ensureHostKey(layout)]);
	const first = await readFile(layout.hostKey);
	await ensureHostKey(layout);
	t.deepEqual(await readFile(layout.hostKey), first);
	const [type, blob] = (await readFile(`${layout.hostKey}.pub`, 'utf8')).split(' ');
	t.deepEqual([type, blob], ['ssh-ed25519', (ssh2.utils.parseKey(first) as ssh2.ParsedKey).getPublicSSH().toString('base64')]);
});

test('a lost public file is written again from the private key', async t => {
	const layout = await emptyLayout(t);
	await ensureHostKey(layout);
	const before = await hostKeyFingerprints(layout);
	await rm(`${layout.hostKey}.pub`);
	await t.throwsAsync(hostKeyFingerprints(layout), {code: 'no-host-key'});
	await ensureHostKey(layout);
	t.deepEqual(await hostKeyFingerprints(layout), before);
});

test('a damaged key is refused and not changed', async t => {
	const layout = await emptyLayout(t);
	await ensureHostKey(layout);
	await writeFile(layout.hostKey, '');
	await t.throwsAsync(ensureHostKey(layout), {code: 'host-key-unreadable'});
	t.is((await readFile(layout.hostKey)).length, 0);
});
