// Files on their way into a folder of a real sshd: what a watcher sees, what stays behind, and what is refused.
import {randomBytes} from 'node:crypto';
import {chmod, mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import testAnywhere from 'ava';
import type {Problem} from '../../src/problem.js';
import {upload, type UploadJob} from '../../src/ssh-client/upload.js';
import {testWith} from '../helpers/test-with.js';
import {servedAppliance} from '../ssh-server/served.js';
import {cuttingProxy} from './cutting-proxy.js';
import {scripted} from './operator.js';
import {hostOf, me, startSshd, type Sshd} from './sshd.js';

const test = testWith('sshd', 'ssh-keygen');

const certificate = {name: 'SOAPServer.crt', bytes: Buffer.from('certificate')};
const key = {name: 'SOAPServer.key', bytes: Buffer.from('key')};
const large = {name: 'SOAPServer.key', bytes: randomBytes(2 * 1024 * 1024)};

function orderFor(sshd: Sshd, changes: Partial<UploadJob> = {}): UploadJob {
	return {route: [hostOf(sshd)], folder: sshd.incoming, files: [certificate, key], report: () => undefined, ...changes};
}

async function modeOf(file: string): Promise<number> {
	return (await stat(file)).mode & 0o777;
}

test('a pair is in the folder, readable only by its owner, and nothing else is', async t => {
	const sshd = await startSshd(t);
	const {files, hostKey} = await upload(orderFor(sshd), scripted());
	t.deepEqual(
		files,
		[certificate, key].map(({name, bytes}) => ({name, bytes: bytes.length, resumed: 0, atomic: true})),
	);
	t.regex(hostKey, /^SHA256:/);
	t.deepEqual((await readdir(sshd.incoming)).sort(), ['SOAPServer.crt', 'SOAPServer.key']);
	t.is(await readFile(path.join(sshd.incoming, 'SOAPServer.key'), 'utf8'), 'key');
	t.is(await modeOf(path.join(sshd.incoming, 'SOAPServer.key')), 0o600);
	await upload(orderFor(sshd, {files: [certificate, large]}), scripted());
	t.true(large.bytes.equals(await readFile(path.join(sshd.incoming, 'SOAPServer.key'))), 'the old one is replaced');
});

test('progress is what the host has confirmed', async t => {
	const sshd = await startSshd(t);
	const seen: number[] = [];
	await upload(orderFor(sshd, {files: [large], report: ({done}) => seen.push(done)}), scripted());
	t.is(seen[0], 0);
	t.is(seen.at(-1), large.bytes.length);
	t.deepEqual(
		seen,
		seen.toSorted((one, other) => one - other),
	);
});

test('a server that does not set modes is accepted if its files have the right mode', async t => {
	const sshd = await startSshd(t, {sftp: '-P setstat,fsetstat'});
	await upload(orderFor(sshd), scripted());
	t.is(await modeOf(path.join(sshd.incoming, 'SOAPServer.key')), 0o600);
});

test('no byte is written to a file that others can read', async t => {
	const sshd = await startSshd(t, {sftp: '-P setstat,fsetstat'});
	const proxy = await cuttingProxy(t, sshd.port, 700_000);
	await t.throwsAsync(upload(orderFor(sshd, {route: [{...hostOf(sshd), port: proxy.port}], files: [large]}), scripted()));
	const [part = ''] = await readdir(sshd.incoming);
	await writeFile(path.join(sshd.incoming, part), '');
	await chmod(path.join(sshd.incoming, part), 0o644);
	const {code, message} = await t.throwsAsync<Problem>(upload(orderFor(sshd, {files: [large]}), scripted()));
	t.is(code, 'not-private');
	t.regex(message, /mode 644.*Nothing was written/);
	t.deepEqual(await readdir(sshd.incoming), []);
});

test('without an atomic rename the old file is removed first, and that is reported', async t => {
	const sshd = await startSshd(t, {sftp: '-P posix-rename,fsync'});
	await writeFile(path.join(sshd.incoming, 'SOAPServer.key'), 'old');
	const {files} = await upload(orderFor(sshd), scripted());
	t.deepEqual(
		files.map(({atomic}) => atomic),
		[false, false],
	);
	t.is(await readFile(path.join(sshd.incoming, 'SOAPServer.key'), 'utf8'), 'key');
	t.deepEqual((await readdir(sshd.incoming)).sort(), ['SOAPServer.crt', 'SOAPServer.key']);
});

test('a lost connection leaves a part, and the next upload resumes it', async t => {
	const sshd = await startSshd(t);
	const proxy = await cuttingProxy(t, sshd.port, 700_000);
	let confirmed = 0;
	const through = orderFor(sshd, {
		route: [{...hostOf(sshd), port: proxy.port}],
		files: [large],
		report({done}) {
			confirmed = done;
		},
	});
	const {code, message, hint} = await t.throwsAsync<Problem>(upload(through, scripted()));
	t.is(code, 'connection-lost');
	t.regex(message, /The part that was uploaded is in .*\/\.SOAPServer\.key\.[\da-f]{12}\.part/);
	t.regex(hint, /to resume/);
	const [part = '', ...more] = await readdir(sshd.incoming);
	t.deepEqual(more, []);
	t.is(await modeOf(path.join(sshd.incoming, part)), 0o600);

	const {
		files: [uploaded],
	} = await upload(orderFor(sshd, {files: [large]}), scripted());
	t.true(
		confirmed > 0 && uploaded!.resumed >= confirmed && uploaded!.resumed < large.bytes.length,
		`${confirmed} confirmed, ${uploaded!.resumed} used`,
	);
	t.true(large.bytes.equals(await readFile(path.join(sshd.incoming, 'SOAPServer.key'))));
	t.deepEqual(await readdir(sshd.incoming), ['SOAPServer.key']);
});

test('a part that differs from the start of the file is not used', async t => {
	const sshd = await startSshd(t);
	const proxy = await cuttingProxy(t, sshd.port, 700_000);
	await t.throwsAsync(upload(orderFor(sshd, {route: [{...hostOf(sshd), port: proxy.port}], files: [large]}), scripted()));
	const [part = ''] = await readdir(sshd.incoming);
	for (const content of ['something else', '', Buffer.concat([large.bytes, large.bytes])]) {
		await writeFile(path.join(sshd.incoming, part), content);
		const {
			files: [uploaded],
		} = await upload(orderFor(sshd, {files: [large]}), scripted());
		t.is(uploaded!.resumed, 0);
		t.true(large.bytes.equals(await readFile(path.join(sshd.incoming, 'SOAPServer.key'))));
		t.deepEqual(await readdir(sshd.incoming), ['SOAPServer.key']);
	}
});

test('when the last file cannot be renamed, no part of it is left', async t => {
	const sshd = await startSshd(t);
	await mkdir(path.join(sshd.incoming, 'SOAPServer.key'));
	const {code, message} = await t.throwsAsync<Problem>(upload(orderFor(sshd), scripted()));
	t.is(code, 'sftp-refused');
	t.regex(message, /refused to rename .*Replaced already: SOAPServer\.crt/);
	t.deepEqual((await readdir(sshd.incoming)).sort(), ['SOAPServer.crt', 'SOAPServer.key']);
});

test('a missing folder, and an account without SFTP, are problems', async t => {
	const sshd = await startSshd(t);
	const {code, message} = await t.throwsAsync<Problem>(upload(orderFor(sshd, {folder: '/none'}), scripted()));
	t.is(code, 'sftp-refused');
	t.regex(message, /refused to create \/none\/\.SOAPServer\.crt/);

	const served = await servedAppliance(t);
	const host = hostOf({port: served.port, folder: served.home}, {user: 'tanadmin'});
	t.is((await t.throwsAsync<Problem>(upload(orderFor(sshd, {route: [host]}), scripted()))).code, 'no-sftp');
	t.not(me, 'tanadmin');
});

testAnywhere("the appliance's own server takes a pair, and its audit log has whole files", async t => {
	const served = await servedAppliance(t);
	const host = hostOf({port: served.port, folder: served.home}, {user: 'tancopy'});
	const {files} = await upload({route: [host], folder: '/incoming', files: [certificate, large], report: () => undefined}, scripted());
	t.deepEqual(
		files.map(({atomic}) => atomic),
		[true, true],
	);
	t.true(large.bytes.equals(await readFile(path.join(served.layout.incoming, 'SOAPServer.key'))));
	t.is(await modeOf(path.join(served.layout.incoming, 'SOAPServer.key')), 0o600);
	t.deepEqual((await readdir(served.layout.incoming)).sort(), ['SOAPServer.crt', 'SOAPServer.key']);
	await served.close();
	t.deepEqual(
		(await served.audited()).filter(({event}) => event === 'sftp-rename').map(({to}) => to),
		['/incoming/SOAPServer.crt', '/incoming/SOAPServer.key'],
	);
});
