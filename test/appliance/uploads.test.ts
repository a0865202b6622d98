import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {chmod, link, mkdir, stat, symlink, truncate, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {promisify} from 'node:util';
import test from 'ava';
import {readUpload, uploadsIn} from '../../src/appliance/uploads.js';
import {maxFileBytes} from '../../src/certificates/parse/uploaded-file.js';
import {emptyFolder} from './folder.js';

const name = 'SOAPServer.crt';

// Serial: it takes this whole process's rights away for a moment. They come back before any other test begins.
test.serial('a file without read permission is unreadable, and is not reported as missing', async t => {
	const folder = await emptyFolder(t);
	await chmod(folder, 0o755);
	await writeFile(path.join(folder, name), 'bytes', {mode: 0o000});
	const isRoot = process.geteuid!() === 0;
	const nobody = 65_534;
	try {
		if (isRoot) {
			process.seteuid!(nobody);
		}

		t.deepEqual(await readUpload(path.join(folder, name)), {name, state: 'unreadable'});
	} finally {
		if (isRoot) {
			process.seteuid!(0);
		}
	}
});

test('a file is read whole, with its links and its mode', async t => {
	const file = path.join(await emptyFolder(t), name);
	const bytes = Buffer.from([0, 10, 13, 255]);
	await writeFile(file, bytes);
	await chmod(file, 0o640);
	t.deepEqual(await readUpload(file), {name, state: 'read', bytes, links: 1, mode: 0o640});
	await link(file, `${file}.2`);
	t.like(await readUpload(file), {state: 'read', links: 2});
});

test('an empty file is read, and so is one of exactly the maximum size', async t => {
	const file = path.join(await emptyFolder(t), name);
	for (const size of [0, maxFileBytes]) {
		await writeFile(file, Buffer.alloc(size, 7));
		t.like(await readUpload(file), {state: 'read', bytes: Buffer.alloc(size, 7)});
	}
});

test('a file that is too big is not read', async t => {
	const file = path.join(await emptyFolder(t), name);
	await writeFile(file, '');
	for (const size of [maxFileBytes + 1, 2 ** 40]) {
		await truncate(file, size);
		t.deepEqual(await readUpload(file), {name, state: 'too-big', size});
	}
});

test('a missing file is reported with the other files in the folder', async t => {
	const folder = await emptyFolder(t);
	t.deepEqual(await readUpload(path.join(folder, name)), {name, state: 'missing', others: []});
	await writeFile(path.join(folder, 'soapserver.crt'), '');
	await mkdir(path.join(folder, 'sub'));
	const found = await readUpload(path.join(folder, name));
	t.deepEqual(found.state === 'missing' && found.others.sort(), ['soapserver.crt', 'sub']);
});

test('in a folder that is missing or is a file, a file is missing', async t => {
	const folder = await emptyFolder(t);
	await writeFile(path.join(folder, 'file'), '');
	for (const parent of ['none', 'file']) {
		t.deepEqual(await readUpload(path.join(folder, parent, name)), {name, state: 'missing', others: []});
	}
});

test('a symbolic link is not followed, wherever it leads', async t => {
	const folder = await emptyFolder(t);
	await writeFile(path.join(folder, 'real'), 'bytes');
	for (const [index, target] of ['real', '/etc/passwd', 'nowhere', '.'].entries()) {
		await symlink(target, path.join(folder, `link${index}`));
		t.deepEqual(await readUpload(path.join(folder, `link${index}`)), {name: `link${index}`, state: 'symlink'});
	}
});

test('a FIFO without a writer is refused at once', async t => {
	const file = path.join(await emptyFolder(t), name);
	await promisify(execFile)('mkfifo', [file]);
	t.deepEqual(await readUpload(file), {name, state: 'not-file', kind: 'a FIFO'});
});

test('a directory, a socket and a device are refused by their kind', async t => {
	const folder = await emptyFolder(t);
	await mkdir(path.join(folder, 'directory'));
	const server = createServer().listen(path.join(folder, 'socket'));
	await once(server, 'listening');
	t.teardown(() => server.close());
	t.deepEqual(await readUpload(path.join(folder, 'directory')), {name: 'directory', state: 'not-file', kind: 'a directory'});
	t.deepEqual(await readUpload(path.join(folder, 'socket')), {name: 'socket', state: 'not-file', kind: 'a socket'});
	t.deepEqual(await readUpload('/dev/null'), {name: 'null', state: 'not-file', kind: 'a device'});
});

test('a file whose content differs from its size is still being uploaded', async t => {
	// The kernel makes this one while it is read: its size is 0 and its content is not.
	t.is((await stat('/proc/self/status')).size, 0);
	await t.throwsAsync(readUpload(`/proc/${process.pid}/status`), {name: 'Problem', message: 'status changed while it was read.'});
});

test("a file in a folder that is a link is refused, unless the folder is the user's own", async t => {
	const folder = await emptyFolder(t);
	await mkdir(path.join(folder, 'real'));
	await writeFile(path.join(folder, 'real', name), 'bytes');
	await symlink('real', path.join(folder, 'link'));
	await symlink('nowhere', path.join(folder, 'dangling'));
	const problem = {
		code: 'folder-is-link',
		message: `${folder}/link is a symbolic link to real. Neither SFTP nor this program follows it.`,
	};
	await t.throwsAsync(readUpload(path.join(folder, 'link', name)), problem);
	await t.throwsAsync(uploadsIn(path.join(folder, 'link')), problem);
	await t.throwsAsync(readUpload(path.join(folder, 'dangling', name)), {code: 'folder-is-link'});
	t.like(await readUpload(path.join(folder, 'link', name), {followsFolder: true}), {state: 'read'});
	t.like(await readUpload(path.join(folder, 'real', name, name)), {state: 'missing'});
});
