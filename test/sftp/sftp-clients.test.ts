// What people do with OpenSSH's own clients.
import {randomBytes} from 'node:crypto';
import {readdir, readFile, stat, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {testWith} from '../helpers/test-with.js';
import {execute, password, servedAppliance} from '../ssh-server/served.js';

const test = testWith('ssh', 'sftp');
const testWithScp = testWith('ssh', 'scp');

test('sftp puts, lists, renames, gets and removes a file', async t => {
	const {sftp, home, layout} = await servedAppliance(t);
	await writeFile(path.join(home, 'SOAPServer.crt'), 'certificate');
	const {status, out, errors} = await sftp(
		'ls /',
		'put SOAPServer.crt /incoming/',
		'ls -l /incoming',
		'rename /incoming/SOAPServer.crt /incoming/renamed.crt',
		'get /incoming/renamed.crt back.crt',
		'mkdir /incoming/folder',
		'put SOAPServer.crt /incoming/folder/inner.crt',
		'rm /incoming/folder/inner.crt',
		'rmdir /incoming/folder',
		'chmod 640 /incoming/renamed.crt',
	);
	t.is(errors, '');
	t.is(status, 0);
	t.regex(out, /\/incoming +\/outgoing/);
	t.regex(out, /-rw------- +1 tancopy +tancopy +11 \w{3} [ \d]\d \d\d:\d\d .*SOAPServer\.crt/);
	t.is(await readFile(path.join(home, 'back.crt'), 'utf8'), 'certificate');
	t.deepEqual(await readdir(layout.incoming), ['renamed.crt']);
	t.is((await stat(path.join(layout.incoming, 'renamed.crt'))).mode & 0o777, 0o640);
});

test('only its owner can access an uploaded file, whatever the mode of the original', async t => {
	const {sftp, home, layout} = await servedAppliance(t);
	await writeFile(path.join(home, 'SOAPServer.key'), 'key', {mode: 0o644});
	t.is((await sftp('put SOAPServer.key /incoming/')).status, 0);
	t.is((await stat(path.join(layout.incoming, 'SOAPServer.key'))).mode & 0o777, 0o600);
});

test('20 MB arrive byte for byte in both directions', async t => {
	const megabyte = 1024 * 1024;
	const {sftp, home, layout} = await servedAppliance(t, {
		limits: {incoming: {bytes: 30 * megabyte, fileBytes: 30 * megabyte, entries: 10}},
	});
	const bytes = randomBytes(20 * megabyte);
	await writeFile(path.join(home, 'large'), bytes);
	t.is((await sftp('put large /incoming/large', 'get /incoming/large back')).status, 0);
	t.true(bytes.equals(await readFile(path.join(layout.incoming, 'large'))));
	t.true(bytes.equals(await readFile(path.join(home, 'back'))));
});

test('an interrupted upload is resumed with reput', async t => {
	const {sftp, home, layout} = await servedAppliance(t);
	const bytes = randomBytes(3 * 1024 * 1024);
	const uploaded = path.join(layout.incoming, 'large');
	await writeFile(path.join(home, 'large'), bytes);
	await writeFile(uploaded, bytes);
	await truncate(uploaded, 1_000_001);
	t.is((await sftp('reput large /incoming/large')).status, 0);
	t.true(bytes.equals(await readFile(uploaded)));
});

test('a rename takes the place of an older file, as posix-rename does', async t => {
	const {sftp, home, layout} = await servedAppliance(t);
	await writeFile(path.join(home, 'new'), 'new');
	await writeFile(path.join(layout.incoming, 'old'), 'old');
	t.is((await sftp('put new /incoming/new', 'rename /incoming/new /incoming/old')).status, 0);
	t.is(await readFile(path.join(layout.incoming, 'old'), 'utf8'), 'new');
	t.deepEqual(await readdir(layout.incoming), ['old']);
});

test("version 3's own rename never replaces a file", async t => {
	const {sftp, layout} = await servedAppliance(t);
	await writeFile(path.join(layout.incoming, 'new'), 'new');
	await writeFile(path.join(layout.incoming, 'old'), 'old');
	t.is((await sftp('rename -l /incoming/new /incoming/old')).status, 1);
	t.is(await readFile(path.join(layout.incoming, 'old'), 'utf8'), 'old');
	t.is((await sftp('rename -l /incoming/new /incoming/other')).status, 0);
	t.is(await readFile(path.join(layout.incoming, 'other'), 'utf8'), 'new');
});

testWithScp('scp copies in both directions and ends with status 0', async t => {
	const {run, home, layout} = await servedAppliance(t);
	await writeFile(path.join(home, 'SOAPServer.crt'), 'certificate');
	const up = await run('scp', ['SOAPServer.crt', 'tancopy@127.0.0.1:/incoming/']);
	t.deepEqual(up, {status: 0, out: '', errors: ''});
	t.is(await readFile(path.join(layout.incoming, 'SOAPServer.crt'), 'utf8'), 'certificate');
	await writeFile(path.join(layout.outgoing, 'report.txt'), 'report');
	t.is((await run('scp', ['-p', 'tancopy@127.0.0.1:/outgoing/report.txt', '.'])).status, 0);
	t.is(await readFile(path.join(home, 'report.txt'), 'utf8'), 'report');
});

testWithScp('a folder is copied with scp -r, also onto /incoming itself', async t => {
	const {run, home, layout} = await servedAppliance(t);
	await execute('mkdir', ['-p', 'incoming/inner'], {cwd: home});
	await writeFile(path.join(home, 'incoming', 'inner', 'file'), 'content');
	t.is((await run('scp', ['-rp', 'incoming', 'tancopy@127.0.0.1:/'])).status, 0);
	t.is(await readFile(path.join(layout.incoming, 'inner', 'file'), 'utf8'), 'content');
});

testWithScp('the old scp protocol, a shell and a command are refused to tancopy', async t => {
	const {run, home, layout} = await servedAppliance(t);
	await writeFile(path.join(home, 'file'), 'content');
	t.not((await run('scp', ['-O', 'file', 'tancopy@127.0.0.1:/incoming/'])).status, 0);
	const refusal = {status: 1, out: '', errors: 'This account is for SFTP only.\n'};
	t.deepEqual(await run('ssh', ['tancopy@127.0.0.1', 'id']), refusal);
	t.deepEqual(await run('ssh', ['-T', 'tancopy@127.0.0.1']), refusal);
	t.deepEqual(await readdir(layout.incoming), []);
});

test('/outgoing can be read and cleared, not written', async t => {
	const {sftp, home, layout} = await servedAppliance(t);
	await writeFile(path.join(home, 'file'), 'new');
	await writeFile(path.join(layout.outgoing, 'report'), 'report');
	for (const line of [
		'put file /outgoing/file',
		'put file /outgoing/report',
		'mkdir /outgoing/folder',
		'rename /outgoing/report /outgoing/other',
		'rename /outgoing/report /incoming/report',
		'chmod 777 /outgoing/report',
	]) {
		t.is((await sftp(line)).status, 1, line);
	}

	t.is(await readFile(path.join(layout.outgoing, 'report'), 'utf8'), 'report');
	t.is((await sftp('get /outgoing/report', 'rm /outgoing/report')).status, 0);
	t.is(await readFile(path.join(home, 'report'), 'utf8'), 'report');
	t.deepEqual(await readdir(layout.outgoing), []);
});

test('df shows the space of the file system', async t => {
	const {sftp} = await servedAppliance(t);
	const {status, out} = await sftp('df /incoming');
	t.is(status, 0);
	t.regex(out, /\d+ +\d+ +\d+ +\d+ +\d+%/);
});

testWithScp('a transfer is complete after many key re-exchanges', async t => {
	const {run, home, layout} = await servedAppliance(t);
	const bytes = randomBytes(5 * 1024 * 1024);
	await writeFile(path.join(home, 'large'), bytes);
	t.is((await run('scp', ['-o', 'RekeyLimit=256K', 'large', 'tancopy@127.0.0.1:/incoming/'])).status, 0);
	t.true(bytes.equals(await readFile(path.join(layout.incoming, 'large'))));
});

testWith('lftp', 'ssh')('lftp mirrors a folder, resumes, gets in parts and renames, with a password', async t => {
	const {home, layout, port} = await servedAppliance(t);
	const names = Array.from({length: 120}, (_, index) => `file-${index}`);
	const bytes = randomBytes(3_000_000);
	await execute('mkdir', ['many'], {cwd: home});
	await Promise.all(names.map(name => writeFile(path.join(home, 'many', name), name)));
	await writeFile(path.join(home, 'large'), bytes);
	await writeFile(path.join(layout.incoming, 'large'), bytes.subarray(0, 1_000_001), {mode: 0o600});
	const connect = `ssh -a -x -F /dev/null -p ${port} -o UserKnownHostsFile=${home}/known_hosts -o PubkeyAuthentication=no`;
	const script = [
		`set sftp:connect-program "${connect}"`,
		`open -u tancopy,${password} sftp://127.0.0.1`,
		'mirror -R many /incoming/many',
		'mirror /incoming/many back',
		'cd /incoming',
		'put -c large',
		'mv large many/moved',
		'chmod 640 many/moved',
		'pget -n 3 many/moved -o large-back',
		'mkdir -p one/two',
		'rm -r one',
	];
	const {status, errors} = await execute('lftp', ['--norc', '-c', script.join('; ')], {cwd: home, env: {...process.env, HOME: home}});
	t.is(errors, '');
	t.is(status, 0);
	t.deepEqual(await readdir(layout.incoming), ['many']);
	t.deepEqual((await readdir(path.join(layout.incoming, 'many'))).sort(), [...names, 'moved'].sort());
	t.is(await readFile(path.join(home, 'back', 'file-7'), 'utf8'), 'file-7');
	t.true(bytes.equals(await readFile(path.join(home, 'large-back'))));
	t.is((await stat(path.join(layout.incoming, 'many', 'moved'))).mode & 0o777, 0o640);
});

test('each file gets one line in the audit log, with its bytes and how it ended', async t => {
	const {sftp, home, layout, audited, close} = await servedAppliance(t);
	await writeFile(path.join(home, 'file'), 'content');
	await writeFile(path.join(layout.outgoing, 'report'), 'a report');
	await sftp(
		'put file /incoming/file',
		'get /outgoing/report',
		'-put file /outgoing/file',
		'rename /incoming/file /incoming/b',
		'rm /incoming/b',
	);
	await close();
	const who = {user: 'tancopy', from: '127.0.0.1'};
	const [signIn, ...events] = await audited();
	t.like(signIn, {event: 'ssh-sign-in', role: 'tancopy', method: 'publickey', ...who});
	t.deepEqual(events, [
		{event: 'sftp-upload', path: '/incoming/file', bytes: 7, result: 'completed', ...who},
		{event: 'sftp-download', path: '/outgoing/report', bytes: 8, result: 'completed', ...who},
		{event: 'sftp-upload', path: '/outgoing/file', bytes: 0, result: '/outgoing is for reading and removing files', ...who},
		{event: 'sftp-rename', path: '/incoming/file', to: '/incoming/b', result: 'completed', ...who},
		{event: 'sftp-remove', path: '/incoming/b', result: 'completed', ...who},
	]);
});
