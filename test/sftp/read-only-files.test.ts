// The account's own read-only files. Root may write to any file, so these tests give up root's rights where they have them.
import {link, readFile, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {requestType, status} from '../../src/sftp/protocol.js';
import {testWith} from '../helpers/test-with.js';
import {servedAppliance} from '../ssh-server/served.js';
import {flags, imprisoned, long, noAttributes, withMode, type Prison, type RawSftp} from './raw-sftp.js';

const nobody = 65_534;
const putting = flags.write | flags.create | flags.truncate;

/** A jail whose process is not root. */
async function imprisonedAsUser(t: ExecutionContext): Promise<Prison> {
	if (process.geteuid!() === 0) {
		process.seteuid!(nobody);
		t.teardown(() => {
			process.seteuid!(0);
		});
	}

	return imprisoned(t);
}

async function put(client: RawSftp, name: string, content: string, how = putting, attributes = noAttributes): Promise<void> {
	const handle = string(await client.open(name, how, attributes));
	await client.statusOf(requestType.write, handle, long(0n), string(content));
	await client.statusOf(requestType.close, handle);
}

test.serial('a read-only file of the account itself is uploaded again, resumed, and stays read-only', async t => {
	const {client, incoming} = await imprisonedAsUser(t);
	const file = path.join(incoming, 'SOAPServer.key');
	await put(client, '/incoming/SOAPServer.key', 'the first key', putting, withMode(0o400));
	t.is((await stat(file)).mode & 0o7777, 0o400);
	await put(client, '/incoming/SOAPServer.key', 'second');
	t.is(await readFile(file, 'utf8'), 'second');
	t.is((await stat(file)).mode & 0o7777, 0o400);
	await put(client, '/incoming/SOAPServer.key', 'third', flags.write);
	t.is(await readFile(file, 'utf8'), 'thirdd');
});

test.serial('while it is written it has the mark of an incomplete upload', async t => {
	const {client, incoming} = await imprisonedAsUser(t);
	const file = path.join(incoming, 'SOAPServer.key');
	await writeFile(file, 'old', {mode: 0o400});
	const handle = string(await client.open('/incoming/SOAPServer.key', putting));
	t.is((await stat(file)).mode & 0o7777, 0o1400);
	await client.statusOf(requestType.close, handle);
	t.is((await stat(file)).mode & 0o7777, 0o400);
});

test.serial('a read-only file with another name, and one in /outgoing, stay refused', async t => {
	const {client, incoming, outgoing} = await imprisonedAsUser(t);
	for (const folder of [incoming, outgoing]) {
		await writeFile(path.join(folder, 'file'), 'old', {mode: 0o400});
	}

	await link(path.join(incoming, 'file'), path.join(incoming, 'twin'));
	for (const name of ['/incoming/file', '/incoming/twin', '/outgoing/file']) {
		t.is(await client.statusOf(requestType.open, string(name), uint32(putting), noAttributes), status.permissionDenied, name);
	}

	const exclusive = uint32(putting | flags.exclusive);
	t.not(await client.statusOf(requestType.open, string('/incoming/file'), exclusive, noAttributes), status.ok);
	t.is(await readFile(path.join(incoming, 'file'), 'utf8'), 'old');
	t.is((await stat(path.join(incoming, 'file'))).mode & 0o7777, 0o400);
});

testWith('ssh', 'scp', 'sftp').serial("OpenSSH's scp -p and sftp put -p upload a read-only key twice", async t => {
	const {run, sftp, home, layout} = await servedAppliance(t);
	const [local, there] = [path.join(home, 'SOAPServer.key'), path.join(layout.incoming, 'SOAPServer.key')];
	for (const [index, upload] of [
		async () => run('scp', ['-p', 'SOAPServer.key', 'tancopy@127.0.0.1:/incoming/']),
		async () => run('scp', ['SOAPServer.key', 'tancopy@127.0.0.1:/incoming/']),
		async () => sftp('put -p SOAPServer.key /incoming/'),
	].entries()) {
		await rm(local, {force: true});
		await writeFile(local, `key ${index}`, {mode: 0o400});
		t.like(await upload(), {status: 0, errors: ''});
		t.is(await readFile(there, 'utf8'), `key ${index}`);
		t.is((await stat(there)).mode & 0o7777, 0o400);
	}
});
