// Half a file is never taken for a whole one, and what was cut off can be resumed.
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {rename, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readIdentity} from '../../src/appliance/identity.js';
import {readUpload} from '../../src/appliance/uploads.js';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {requestType, status} from '../../src/sftp/protocol.js';
import {serve} from '../../src/ssh-server/server.js';
import {makeAppliance, tanos} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';
import {flags, imprisoned, long, noAttributes, type RawSftp, withMode, type Prison} from './raw-sftp.js';
import {sftpOn, signedIn} from '../ssh-server/raw-ssh.js';
import {execute, servedAppliance} from '../ssh-server/served.js';
import {servingProcess} from '../ssh-server/serving-process.js';

const testWithSftp = testWith('ssh', 'sftp');

const writing = flags.write | flags.create | flags.truncate;
const name = '/incoming/SOAPServer.crt';
const certificate = randomBytes(50_000);
const half = certificate.subarray(0, 25_000);
const offset = (value: number) => long(BigInt(value));
const fileIn = (incoming: string) => path.join(incoming, 'SOAPServer.crt');

/** Writes at an offset of an open file; must be answered with OK. */
async function put(t: ExecutionContext, client: RawSftp, handle: Buffer, bytes: Buffer, at = 0): Promise<void> {
	t.is(await client.statusOf(requestType.write, string(handle), offset(at), string(bytes)), status.ok);
}

const close = (client: RawSftp, handle: Buffer) => client.statusOf(requestType.close, string(handle));

async function assertIncomplete(t: ExecutionContext, file: string): Promise<void> {
	await t.throwsAsync(readUpload(file), {code: 'still-uploading', message: /^SOAPServer\.crt is incomplete/});
}

async function assertWhole(t: ExecutionContext, file: string, bytes = certificate): Promise<void> {
	const upload = await readUpload(file);
	t.true(upload.state === 'read' && upload.bytes.equals(bytes) && upload.mode === 0o600);
}

/** Puts a file there that did not come over SFTP. */
async function plant({incoming}: Prison): Promise<string> {
	await writeFile(fileIn(incoming), certificate, {mode: 0o600});
	return fileIn(incoming);
}

testWithSftp('a lost connection leaves an incomplete file, which is listed, not installed, and complete once resumed', async t => {
	const served = await servedAppliance(t);
	const {home, layout, sftp} = served;
	await writeFile(path.join(home, 'SOAPServer.crt'), certificate);
	const connection = await signedIn(t, served, 'tancopy');
	const cut = await sftpOn(connection);
	await put(t, cut, await cut.open(name, writing), half);
	await assertIncomplete(t, fileIn(layout.incoming));
	t.regex((await sftp('ls -l /incoming/')).out, /^-rw------- .* 25000 .*SOAPServer\.crt$/m);
	const closed = once(connection, 'close');
	connection.destroy();
	await closed;
	await assertIncomplete(t, fileIn(layout.incoming));
	t.is((await sftp(`reput SOAPServer.crt ${name}`)).status, 0);
	await assertWhole(t, fileIn(layout.incoming));
	await served.close();
	await assertWhole(t, fileIn(layout.incoming));
	const results = (await served.audited()).filter(({event}) => event === 'sftp-upload').map(({result}) => result);
	t.deepEqual(results.toSorted(), ['completed', 'interrupted']);
});

testWithSftp('a server that is killed during an upload leaves a file that can be resumed and is not installed', async t => {
	const appliance = await makeAppliance(t);
	const {layout, root, workFolder} = appliance;
	const client = await servingProcess(t, appliance);
	const cut = await sftpOn(client.connection);
	await put(t, cut, await cut.open(name, writing), half);
	await client.kill();
	await assertIncomplete(t, fileIn(layout.incoming));
	const {stderr, exitCode} = await tanos(['soap', 'check', '--root', root]);
	t.is(exitCode, 1);
	t.regex(stderr, /SOAPServer\.crt is incomplete/);

	const server = await serve(layout, await readIdentity(layout));
	t.teardown(() => server.close());
	await writeFile(path.join(workFolder, 'SOAPServer.crt'), certificate);
	const resumed = await execute('sftp', [...client.options, '-P', String(server.port), '-b', '-', 'tancopy@127.0.0.1'], {
		cwd: workFolder,
		input: `reput SOAPServer.crt ${name}\n`,
	});
	t.is(resumed.status, 0, resumed.errors);
	await assertWhole(t, fileIn(layout.incoming));
});

test('the mark stays on a file that is renamed while it is open, and is removed when it is closed', async t => {
	const {client, incoming} = await imprisoned(t);
	const handle = await client.open('/incoming/part', writing);
	await put(t, client, handle, half);
	t.is(await client.statusOf(requestType.rename, string('/incoming/part'), string(name)), status.ok);
	await assertIncomplete(t, fileIn(incoming));
	await put(t, client, handle, certificate.subarray(25_000), 25_000);
	t.is(await close(client, handle), status.ok);
	await assertWhole(t, fileIn(incoming));
});

test('a file is complete until an upload changes it, and an exclusive upload also refuses an incomplete file', async t => {
	const prison = await imprisoned(t);
	const {client, incoming} = prison;
	const file = await plant(prison);
	const handle = await client.open(name, flags.read | flags.write);
	await assertWhole(t, file);
	await put(t, client, handle, Buffer.from('x'));
	await assertIncomplete(t, file);
	t.is(await client.statusOf(requestType.open, string(name), uint32(writing | flags.exclusive), noAttributes), status.failure);
	t.is(await close(client, handle), status.ok);
	await client.open(name, writing);
	await assertIncomplete(t, fileIn(incoming));
});

test('a client can neither see nor remove the mark', async t => {
	const {client, incoming} = await imprisoned(t);
	const handle = await client.open(name, writing);
	await put(t, client, handle, half);
	const modeSeen = async () => {
		const {fields} = await client.request(requestType.lstat, string(name));
		const [_flags, _size, _user, _group, mode] = [fields.uint32(), fields.uint64(), fields.uint32(), fields.uint32(), fields.uint32()];
		return mode;
	};

	t.is(await modeSeen(), 0o100_600);
	t.is(await client.statusOf(requestType.setstat, string(name), withMode(0o1640)), status.ok);
	t.is(await client.statusOf(requestType.fsetstat, string(handle), withMode(0o640)), status.ok);
	t.is(await modeSeen(), 0o100_640);
	await assertIncomplete(t, fileIn(incoming));
	await close(client, handle);
	t.is((await stat(fileIn(incoming))).mode & 0o7777, 0o640);
});

test('an old connection that ends does not mark a resumed file as incomplete, unless it has written to it', async t => {
	const {client, incoming} = await imprisoned(t);
	const old = await client.open(name, writing);
	await put(t, client, old, half);
	const resumed = await client.open(name, flags.write | flags.append);
	await put(t, client, resumed, certificate.subarray(25_000), 25_000);
	t.is(await close(client, resumed), status.ok);
	await assertWhole(t, fileIn(incoming));
	await put(t, client, old, half);
	await assertIncomplete(t, fileIn(incoming));
	const third = await client.open(name, flags.write);
	await put(t, client, old, half);
	t.is(await close(client, third), status.ok);
	await assertIncomplete(t, fileIn(incoming));
	t.is(await close(client, old), status.ok);
	await assertWhole(t, fileIn(incoming));
});

test('an upload with a failed write stays incomplete, even when the client closes it', async t => {
	const {client, incoming} = await imprisoned(t, {bytes: 40_000, fileBytes: 40_000, entries: 10});
	const handle = await client.open(name, writing);
	await put(t, client, handle, half);
	t.is(await client.statusOf(requestType.write, string(handle), offset(25_000), string(half)), status.failure);
	t.is(await close(client, handle), status.ok);
	await assertIncomplete(t, fileIn(incoming));
});

test('an empty file that was created and closed is complete', async t => {
	const {client, incoming} = await imprisoned(t);
	await close(client, await client.open(name, writing));
	await assertWhole(t, fileIn(incoming), Buffer.alloc(0));
});

test('a file that was not uploaded is never marked as incomplete, even when it is renamed', async t => {
	const prison = await imprisoned(t);
	const file = await plant(prison);
	await rename(file, `${file}.x`);
	t.is(await prison.client.statusOf(requestType.rename, string(`${name}.x`), string(name)), status.ok);
	await assertWhole(t, file);
});
