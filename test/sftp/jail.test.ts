// What hostile clients and planted files get: nothing from outside of the two folders.
import {link, mkdir, readdir, readFile, rmdir, stat, symlink, unlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import path from 'node:path';
import {once} from 'node:events';
import test from 'ava';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {replyType, requestType, status} from '../../src/sftp/protocol.js';
import {swapFolder} from './race.js';
import {flags, imprisoned, noAttributes, type RawSftp, statusIn, withMode, withSize} from './raw-sftp.js';
import {execute} from '../ssh-server/served.js';

const writing = flags.write | flags.create | flags.truncate;
const posixRename = string('posix-rename@openssh.com');

/** What can be done to the thing at a path, and how each attempt is answered. */
async function attemptsOn(client: RawSftp, name: string): Promise<Record<string, number>> {
	const text = string(name);
	return {
		read: await client.statusOf(requestType.open, text, uint32(flags.read), noAttributes),
		write: await client.statusOf(requestType.open, text, uint32(writing), noAttributes),
		list: await client.statusOf(requestType.opendir, text),
		stat: await client.statusOf(requestType.stat, text),
		setstat: await client.statusOf(requestType.setstat, text, withMode(0o777)),
		truncate: await client.statusOf(requestType.setstat, text, withSize(0n)),
		rmdir: await client.statusOf(requestType.rmdir, text),
	};
}

/** The same, and what can be done to its name. */
async function allAttemptsOn(client: RawSftp, name: string): Promise<Record<string, number>> {
	const text = string(name);
	return {
		...(await attemptsOn(client, name)),
		rename: await client.statusOf(requestType.rename, text, string('/incoming/stolen')),
		replace: await client.statusOf(requestType.extended, posixRename, text, string('/incoming/stolen')),
		space: await client.statusOf(requestType.extended, string('statvfs@openssh.com'), text),
	};
}

const allowedIn = (answers: Record<string, number>) => Object.entries(answers).filter(([, code]) => !isRefusal(code));

const isRefusal = (code: number) => code === status.noSuchFile || code === status.permissionDenied || code === status.failure;

test('the root shows the two folders and nothing else', async t => {
	const {client} = await imprisoned(t);
	t.deepEqual(await client.list('/'), ['incoming', 'outgoing']);
	t.deepEqual(await client.list(''), ['incoming', 'outgoing']);
	t.deepEqual(await client.list('/../../incoming/../..'), ['incoming', 'outgoing']);
});

test('no path leads outside', async t => {
	const {client, outside, incoming} = await imprisoned(t);
	const up = '../'.repeat(20);
	const paths = [
		'/outside/secret',
		'outside',
		'../outside/secret',
		'/incoming/../outside/secret',
		'/incoming/../../outside/secret',
		`/incoming/${up}${outside}/secret`,
		`${outside}/secret`,
		outside,
		`/${outside}`,
		'/etc/passwd',
		`${up}etc/passwd`,
		'/incoming/./../../etc',
		'//etc//passwd',
		'/incomingx',
		'/incoming\0/../../etc',
		'/proc/self/root/etc/passwd',
		'/dev/null',
	];
	for (const name of paths) {
		t.deepEqual(allowedIn(await allAttemptsOn(client, name)), [], name);
	}

	t.deepEqual(await readdir(outside), ['secret']);
	t.deepEqual(await readdir(incoming), []);
});

test('a planted symbolic link to a file does not reveal its content', async t => {
	const {client, outside, incoming} = await imprisoned(t);
	const secret = path.join(outside, 'secret');
	const before = await stat(secret);
	await symlink(secret, path.join(incoming, 'link'));
	t.deepEqual(allowedIn(await attemptsOn(client, '/incoming/link')), []);
	t.is(await readFile(secret, 'utf8'), 'secret');
	t.is((await stat(secret)).mode, before.mode);
});

test('a planted symbolic link to a folder is not followed, and its removal removes only the link', async t => {
	const {client, outside, incoming} = await imprisoned(t);
	await symlink(outside, path.join(incoming, 'link'));
	await writeFile(path.join(incoming, 'file'), 'mine');
	for (const name of ['/incoming/link/secret', '/incoming/link/new', '/incoming/link/.', '/incoming/link/../link/secret']) {
		t.deepEqual(allowedIn(await attemptsOn(client, name)), [], name);
	}

	t.true(isRefusal(await client.statusOf(requestType.mkdir, string('/incoming/link/folder'), noAttributes)));
	t.true(isRefusal(await client.statusOf(requestType.remove, string('/incoming/link/secret'))));
	t.true(isRefusal(await client.statusOf(requestType.rename, string('/incoming/file'), string('/incoming/link/file'))));
	t.deepEqual(await readdir(outside), ['secret']);
	t.is(await client.statusOf(requestType.remove, string('/incoming/link')), status.ok);
	t.is(await readFile(path.join(outside, 'secret'), 'utf8'), 'secret');
});

test('a file with a hard link outside is neither read nor changed', async t => {
	const {client, outside, incoming} = await imprisoned(t);
	const secret = path.join(outside, 'secret');
	await link(secret, path.join(incoming, 'twin'));
	const before = await stat(secret);
	for (const how of [flags.read, writing, flags.read | flags.write, flags.write | flags.append]) {
		t.is(await client.statusOf(requestType.open, string('/incoming/twin'), uint32(how), noAttributes), status.permissionDenied);
	}

	t.is(await client.statusOf(requestType.setstat, string('/incoming/twin'), withMode(0o777)), status.permissionDenied);
	t.is(await client.statusOf(requestType.setstat, string('/incoming/twin'), withSize(0n)), status.permissionDenied);
	t.is(await readFile(secret, 'utf8'), 'secret');
	t.is((await stat(secret)).mode, before.mode);
});

test('while a folder is repeatedly replaced by a link to the outside, only the folder is seen', async t => {
	const {client, outside, incoming} = await imprisoned(t);
	const at = (name: string) => path.join(incoming, name);
	await mkdir(at('folder'));
	await writeFile(path.join(at('folder'), 'secret'), 'inside');
	await symlink(outside, at('link'));
	await swapFolder(t, incoming);
	const seen = new Map<string, number>();
	for (let round = 0; round < 3000; round++) {
		const {type, fields} = await client.request(requestType.open, string('/incoming/folder/secret'), uint32(flags.read), noAttributes);
		let outcome = 'refused';
		if (type === replyType.handle) {
			const handle = string(fields.string());
			outcome = (await client.request(requestType.read, handle, Buffer.alloc(8), uint32(100))).fields.text();
			await client.request(requestType.close, handle);
		}

		seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
	}

	t.deepEqual([...seen.keys()].sort(), ['inside', 'refused']);
});

test('FIFOs and sockets are refused at once, and the session continues', async t => {
	const {client, incoming} = await imprisoned(t);
	await execute('mkfifo', [path.join(incoming, 'fifo')]);
	const server = createServer().listen(path.join(incoming, 'socket'));
	await once(server, 'listening');
	t.teardown(() => server.close());
	for (const name of ['/incoming/fifo', '/incoming/socket']) {
		const {read, write, setstat, truncate} = await attemptsOn(client, name);
		t.deepEqual({read, write, setstat, truncate}, {read: 4, write: 4, setstat: 4, truncate: 4}, name);
	}

	t.deepEqual((await client.list('/incoming')).sort(), ['fifo', 'socket']);
	t.is(await client.statusOf(requestType.remove, string('/incoming/fifo')), status.ok);
});

test('the root and the two folders cannot be changed, under any of their names', async t => {
	const {client, incoming, outgoing} = await imprisoned(t);
	const before = [await stat(incoming), await stat(outgoing)];
	for (const name of [
		'/',
		'',
		'.',
		'/incoming',
		'/incoming/',
		'/incoming/.',
		'incoming',
		'/outgoing',
		'/outgoing/../incoming',
		'/incoming/x/..',
		'/new',
	]) {
		const answers = [
			await client.statusOf(requestType.mkdir, string(name), noAttributes),
			await client.statusOf(requestType.rmdir, string(name)),
			await client.statusOf(requestType.remove, string(name)),
			await client.statusOf(requestType.setstat, string(name), withMode(0)),
			await client.statusOf(requestType.rename, string(name), string('/incoming/moved')),
			await client.statusOf(requestType.extended, posixRename, string(name), string('/incoming/moved')),
			await client.statusOf(requestType.rename, string('/outgoing'), string(name)),
			await client.statusOf(requestType.open, string(name), uint32(writing), noAttributes),
			await client.statusOf(requestType.open, string(name), uint32(flags.read), noAttributes),
		];
		t.true(
			answers.every(code => isRefusal(code)),
			`${name}: ${answers.join(' ')}`,
		);
	}

	const after = [await stat(incoming), await stat(outgoing)];
	t.deepEqual(
		after.map(({mode, ino}) => [mode, ino]),
		before.map(({mode, ino}) => [mode, ino]),
	);
	t.deepEqual(await client.list('/'), ['incoming', 'outgoing']);
});

test('nothing can be renamed out of the folders', async t => {
	const {client, incoming} = await imprisoned(t);
	await writeFile(path.join(incoming, 'file'), 'mine');
	for (const target of ['../../../file', '/file', '/outgoing/file', '/etc/file', '/incoming/../file', '/incoming/../../outside/file']) {
		t.true(isRefusal(await client.statusOf(requestType.rename, string('/incoming/file'), string(target))), target);
		t.true(isRefusal(await client.statusOf(requestType.extended, posixRename, string('/incoming/file'), string(target))), target);
	}

	t.deepEqual(await readdir(incoming), ['file']);
});

test('a rename may not replace the folders, but works between folders of /incoming', async t => {
	const {client, incoming} = await imprisoned(t);
	await mkdir(path.join(incoming, 'sub'));
	await writeFile(path.join(incoming, 'file'), 'mine');
	t.true(isRefusal(await client.statusOf(requestType.extended, posixRename, string('/incoming/sub'), string('/outgoing'))));
	t.is(await client.statusOf(requestType.rename, string('/incoming/file'), string('/incoming/sub/file')), status.ok);
	t.is(await client.statusOf(requestType.rename, string('/incoming/sub'), string('/incoming/other')), status.ok);
	t.deepEqual(await readdir(path.join(incoming, 'other')), ['file']);
	await mkdir(path.join(incoming, 'taken'));
	t.is(await client.statusOf(requestType.rename, string('/incoming/other'), string('/incoming/taken')), status.failure);
	await rmdir(path.join(incoming, 'taken'));
});

test('links cannot be made or read', async t => {
	const {client, incoming} = await imprisoned(t);
	await symlink('/etc/passwd', path.join(incoming, 'link'));
	const [readlink, makeLink] = [19, 20];
	t.is(await client.statusOf(readlink, string('/incoming/link')), status.unsupported);
	t.is(await client.statusOf(makeLink, string('/etc'), string('/incoming/new')), status.unsupported);
	const hardlink = string('hardlink@openssh.com');
	t.is(await client.statusOf(requestType.extended, hardlink, string('/incoming/link'), string('/incoming/new')), status.unsupported);
	t.deepEqual(await readdir(incoming), ['link']);
	await unlink(path.join(incoming, 'link'));
});

test('set-user-ID bits are dropped and owners are not changed', async t => {
	const {client, incoming} = await imprisoned(t);
	const file = path.join(incoming, 'file');
	await writeFile(file, 'mine');
	t.is(await client.statusOf(requestType.setstat, string('/incoming/file'), withMode(0o104_777)), status.ok);
	t.is((await stat(file)).mode & 0o7777, 0o777);
	const {uid, gid} = await stat(file);
	const owner = (user: number) => Buffer.concat([uint32(2), uint32(user), uint32(gid)]);
	t.is(await client.statusOf(requestType.setstat, string('/incoming/file'), owner(uid)), status.ok);
	t.is(await client.statusOf(requestType.setstat, string('/incoming/file'), owner(uid + 1)), status.permissionDenied);
	t.is(statusIn(await client.request(requestType.mkdir, string('/incoming/folder'), withMode(0o7777))), status.ok);
	t.is((await stat(path.join(incoming, 'folder'))).mode & 0o7777, 0o700);
});
