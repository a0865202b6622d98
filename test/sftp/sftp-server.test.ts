// `tanos sftp-server`: what its options do, and what it has that the appliance's accounts have not.
import {lstat, mkdir, readFile, readlink, stat, symlink, writeFile} from 'node:fs/promises';
import {userInfo} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {packet} from '../../src/sftp/packet.js';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {requestType} from '../../src/sftp/protocol.js';
import {systemNames} from '../../src/sftp/host/system-names.js';
import {HostFilesystem} from '../../src/sftp/host/host-filesystem.js';
import {fileOf} from '../helpers/programs.js';
import {testWith} from '../helpers/test-with.js';
import {execute} from '../ssh-server/served.js';
import {sftpServer, stdio} from './stdio.js';

const testWithSftp = testWith('sftp');

testWith('sftp-server')("-Q requests names what OpenSSH's sftp-server names, in its order", async t => {
	const {out} = await sftpServer(['-Q', 'requests']);
	t.deepEqual(out, (await execute(fileOf('sftp-server'), ['-Q', 'requests'])).out);
});

test('-h prints the usage, and wrong arguments exit with status 2', async t => {
	t.like(await sftpServer(['-h']), {status: 0, errors: ''});
	for (const words of [['-Q', 'ciphers'], ['-l', 'LOUD'], ['-f', 'MAIL'], ['-u', '9'], ['-x']]) {
		t.like(await sftpServer(words), {status: 2, out: ''}, words.join(' '));
	}
});

test('it exits with status 0 when the client disconnects, and with 11 after a protocol error', async t => {
	t.like(await sftpServer([], ''), {status: 0, out: '', errors: ''});
	t.like(await sftpServer(['-e'], 'GET / HTTP/1.1\r\n\r\n'), {status: 11, out: ''});
	const notGreeted = packet(requestType.opendir, uint32(1), string('/')).toString('latin1');
	t.like(await sftpServer(['-e'], notGreeted), {status: 11, errors: 'bad message from the client: The first packet is not INIT\n'});
});

testWithSftp('-d sets the start folder, with %d for the home, and -u the umask', async t => {
	const {folder, sftp} = await stdio(t);
	await writeFile(path.join(folder, 'file'), 'content', {mode: 0o666});
	await mkdir(path.join(folder, 'start'));
	const {status, out} = await sftp(['-d', `${folder}/start`, '-u', '0027'], 'pwd', 'put file', 'mkdir sub');
	t.is(status, 0);
	t.true(out.includes(`${folder}/start`));
	t.is((await stat(path.join(folder, 'start', 'file'))).mode & 0o777, 0o640);
	t.is((await stat(path.join(folder, 'start', 'sub'))).mode & 0o777, 0o750);
	t.true((await sftp(['-d', '%d/.'], 'pwd')).out.includes(`directory: ${userInfo().homedir}\n`));
});

testWithSftp('-e and -l log events, each at its level', async t => {
	const {folder, sftp} = await stdio(t);
	await writeFile(path.join(folder, 'file'), 'content');
	const {errors} = await sftp(['-el', 'INFO'], `put file ${folder}/copy`, `rm ${folder}/copy`, `-get ${folder}/none`);
	t.regex(errors, /^session opened for local user \S+ from \[/m);
	t.true(errors.includes(`close "${folder}/copy" bytes read 0 written 7\nremove name "${folder}/copy"\n`));
	t.regex((await sftp(['-el', 'DEBUG3'], 'df /')).errors, /^statvfs: Success$/m);
	t.is((await sftp(['-e'], `put file ${folder}/copy`)).errors, '');
});

testWithSftp('-R refuses every change, and -P and -p go by the names of requests', async t => {
	const {folder, sftp} = await stdio(t);
	await writeFile(path.join(folder, 'file'), 'content');
	for (const line of [
		`put file ${folder}/copy`,
		`rm ${folder}/file`,
		`mkdir ${folder}/sub`,
		`chmod 600 ${folder}/file`,
		`ln ${folder}/file ${folder}/twin`,
	]) {
		t.is((await sftp(['-R'], line)).status, 1, line);
	}

	t.is((await sftp(['-R'], `get ${folder}/file back`)).status, 0);
	t.is((await sftp(['-P', 'remove,mkdir'], `rm ${folder}/file`)).status, 1);
	t.is((await sftp(['-p', 'realpath,stat,lstat,remove'], `rm ${folder}/file`)).status, 0);
});

testWithSftp('links are created, read and changed, and files are copied on the server', async t => {
	const {folder, sftp} = await stdio(t);
	const at = (name: string) => path.join(folder, name);
	await writeFile(at('file'), 'content');
	const {status, errors} = await sftp(
		[],
		`ln -s file ${at('soft')}`,
		`ln ${at('file')} ${at('twin')}`,
		`cp ${at('file')} ${at('copy')}`,
		`chmod -h 600 ${at('file')}`,
	);
	t.deepEqual([status, errors], [0, '']);
	t.is(await readlink(at('soft')), 'file');
	t.is((await stat(at('file'))).nlink, 2);
	t.is(await readFile(at('copy'), 'utf8'), 'content');
	t.is((await stat(at('file'))).mode & 0o777, 0o600);
	const {ino} = await lstat(at('soft'));
	t.is((await sftp([], `chgrp -h ${process.getgid!()} ${at('soft')}`)).status, 0);
	t.is((await lstat(at('soft'))).ino, ino);
});

testWithSftp('links in a path are followed, and a missing last part has a real path', async t => {
	const {folder, sftp} = await stdio(t);
	await mkdir(path.join(folder, 'real'));
	await symlink('real', path.join(folder, 'link'));
	await symlink('real/later', path.join(folder, 'dangling'));
	await writeFile(path.join(folder, 'file'), 'content');
	t.true((await sftp(['-d', folder], 'cd link', 'pwd')).out.includes(`directory: ${folder}/real\n`));
	t.is((await sftp(['-d', folder], 'put file link/new', 'get link/new back', 'put file dangling')).status, 0);
	t.is(await readFile(path.join(folder, 'real', 'later'), 'utf8'), 'content');
});

test('~ and ~user are expanded to home folders, and numbers to names', async t => {
	const {folder} = await stdio(t);
	const names = systemNames({passwd: `copy:x:7:8::${folder}:/bin/sh\nother:x:7:9::/:/bin/sh\n`, group: 'copiers:x:8:copy\n', own: '/'});
	const {hostOnly} = new HostFilesystem(names);
	t.is(await hostOnly.expand('~copy/not/../new'), `${folder}/new`);
	t.is(await hostOnly.expand('~'), '/');
	await t.throwsAsync(hostOnly.expand('~nobody-here/x'), {name: 'StatusError', message: 'No such user'});
	t.deepEqual(
		[hostOnly.home(''), hostOnly.home('copy'), hostOnly.userName(7), hostOnly.groupName(8), hostOnly.groupName(9)],
		['/', folder, 'copy', 'copiers', ''],
	);
});

testWithSftp('a listing shows users, groups and special bits by their names', async t => {
	const {sftp} = await stdio(t);
	t.regex((await sftp([], 'ls -l /')).out, /^drwxrwxrwt +\S+ root +root .* \/?tmp$/m);
});
