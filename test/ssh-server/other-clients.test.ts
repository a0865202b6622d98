// What people do with the SFTP clients that are not OpenSSH's, each with a code base of its own: PuTTY, libssh2 (curl), Go's
// (rclone) and paramiko.
import {createHash, randomBytes} from 'node:crypto';
import {mkdir, readdir, readFile, stat, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {testWith} from '../helpers/test-with.js';
import {execute, password, servedAppliance, type Result, type Served} from './served.js';

const large = randomBytes(3_000_000);

/** The server's host key, as its clients want it. */
async function hostKey({layout}: Served): Promise<{putty: string; curl: string}> {
	const blob = Buffer.from((await readFile(`${layout.hostKey}.pub`, 'utf8')).split(' ')[1]!, 'base64');
	const hash = createHash('sha256').update(blob).digest('base64');
	return {putty: `SHA256:${hash.replace(/=+$/, '')}`, curl: hash};
}

/** Two folders of files, `large` and `many`, at the client. */
async function withFiles(served: Served): Promise<string[]> {
	const names = Array.from({length: 20}, (_, index) => `file-${index}`);
	await writeFile(path.join(served.home, 'large'), large);
	await mkdir(path.join(served.home, 'many'));
	await Promise.all(names.map(name => writeFile(path.join(served.home, 'many', name), name)));
	return names.sort();
}

async function putty(served: Served, program: 'psftp' | 'pscp', words: string[]): Promise<Result> {
	const options = ['-batch', '-P', String(served.port), '-pw', password, '-hostkey', (await hostKey(served)).putty];
	return execute(program, [...options, ...words], {cwd: served.home, env: {...process.env, HOME: served.home}});
}

testWith('psftp')('psftp puts, resumes, renames, changes, gets and removes', async t => {
	const served = await servedAppliance(t);
	const {
		home,
		layout: {incoming},
	} = served;
	const names = await withFiles(served);
	await writeFile(path.join(incoming, 'half'), large.subarray(0, 1_000_001), {mode: 0o600});
	const script = [
		'cd incoming',
		'put large',
		'reput large half',
		'mv large moved',
		'chmod 640 moved',
		'get moved back',
		'put -r many',
		'mkdir folder',
		'mv moved folder',
		'ls folder',
		'rm many/file-0',
		'quit',
	];
	await writeFile(path.join(home, 'script'), `${script.join('\n')}\n`);
	const {status, out} = await putty(served, 'psftp', ['-b', 'script', 'tancopy@127.0.0.1']);
	t.is(status, 0, out);
	t.true(large.equals(await readFile(path.join(home, 'back'))));
	t.true(large.equals(await readFile(path.join(incoming, 'half'))));
	t.is((await stat(path.join(incoming, 'folder', 'moved'))).mode & 0o777, 0o640);
	t.deepEqual(
		(await readdir(path.join(incoming, 'many'))).sort(),
		names.filter(name => name !== 'file-0'),
	);
	t.regex(out, /-rw-r----- +1 tancopy +tancopy +3000000 .* moved/);
});

testWith('pscp')('pscp copies files and folders in both directions', async t => {
	const served = await servedAppliance(t);
	await withFiles(served);
	t.is((await putty(served, 'pscp', ['-p', '-r', 'large', 'many', 'tancopy@127.0.0.1:/incoming/'])).status, 0);
	t.is((await putty(served, 'pscp', ['-p', 'tancopy@127.0.0.1:/incoming/large', 'back'])).status, 0);
	t.true(large.equals(await readFile(path.join(served.home, 'back'))));
	t.is(await readFile(path.join(served.layout.incoming, 'many', 'file-7'), 'utf8'), 'file-7');
});

testWith('curl')('curl puts, resumes, appends, gets a range, lists and sends commands', async t => {
	const served = await servedAppliance(t);
	const {
		home,
		port,
		layout: {incoming},
	} = served;
	await withFiles(served);
	await writeFile(path.join(home, 'half'), large.subarray(0, 1_000_000));
	const {curl: fingerprint} = await hostKey(served);
	const curl = async (where: string, ...words: string[]) => {
		const {status, out, errors} = await execute(
			'curl',
			[
				'--silent',
				'--show-error',
				'--hostpubsha256',
				fingerprint,
				'--user',
				`tancopy:${password}`,
				...words,
				`sftp://127.0.0.1:${port}${where}`,
			],
			{cwd: home},
		);
		t.is(status, 0, errors);
		return out;
	};

	await curl('/incoming/whole', '-T', 'large');
	await curl('/incoming/resumed', '-T', 'half');
	await curl('/incoming/resumed', '-C', '-', '-T', 'large');
	await curl('/incoming/appended', '-T', 'half');
	await curl('/incoming/appended', '--append', '-T', 'half');
	await curl('/incoming/new/folder/file', '--ftp-create-dirs', '-T', 'half');
	await curl('/incoming/whole', '-r', '100-199', '-o', 'range');
	t.true(large.equals(await readFile(path.join(incoming, 'resumed'))));
	t.is((await stat(path.join(incoming, 'appended'))).size, 2_000_000);
	t.true(large.subarray(100, 200).equals(await readFile(path.join(home, 'range'))));
	await curl('/', '-Q', 'rename /incoming/whole /incoming/renamed', '-Q', 'chmod 640 /incoming/renamed', '-Q', 'rm /incoming/appended');
	await curl(
		'/',
		'-Q',
		'mkdir /incoming/made',
		'-Q',
		'rmdir /incoming/made',
		'-Q',
		'statvfs /incoming',
		'-Q',
		'mtime "1 Jan 2020 00:00 GMT" /incoming/renamed',
	);
	t.regex(await curl('/incoming/'), /-rw-r----- +1 tancopy +tancopy +3000000 Jan +1 +2020 renamed/);
	t.deepEqual((await readdir(incoming)).sort(), ['new', 'renamed', 'resumed']);
});

testWith('rclone')('rclone copies many files at once, compares, moves, measures and removes them', async t => {
	const served = await servedAppliance(t);
	const {
		home,
		port,
		layout: {incoming},
	} = served;
	const names = await withFiles(served);
	const settings = [
		'host = 127.0.0.1',
		`port = ${port}`,
		'user = tancopy',
		`key_file = ${home}/id`,
		`known_hosts_file = ${home}/known_hosts`,
	];
	await writeFile(path.join(home, 'rclone.conf'), `[box]\ntype = sftp\n${settings.join('\n')}\n`);
	const rclone = async (...words: string[]) => {
		const {status, out, errors} = await execute('rclone', ['--config', 'rclone.conf', ...words], {cwd: home});
		t.is(status, 0, errors);
		return out;
	};

	await rclone('copy', 'many', 'box:/incoming/many');
	await rclone('check', '--download', 'many', 'box:/incoming/many');
	await rclone('copyto', 'large', 'box:/incoming/large');
	await rclone('moveto', 'box:/incoming/large', 'box:/incoming/moved');
	t.true(large.equals(await readFile(path.join(incoming, 'moved'))));
	t.is((await stat(path.join(incoming, 'moved'))).mtimeMs, Math.floor((await stat(path.join(home, 'large'))).mtimeMs / 1000) * 1000);
	t.deepEqual((await rclone('lsf', 'box:/incoming/many')).trim().split('\n').sort(), names);
	t.regex(await rclone('about', 'box:/incoming'), /Free: +\d/);
	await rclone('sync', 'box:/incoming/many', 'back');
	t.is(await readFile(path.join(home, 'back', 'file-7'), 'utf8'), 'file-7');
	await rclone('purge', 'box:/incoming/many');
	t.deepEqual(await readdir(incoming), ['moved']);
});

testWith('paramiko')('paramiko, which expects replies in order, can do all file operations', async t => {
	const served = await servedAppliance(t);
	const {
		home,
		port,
		layout: {incoming},
	} = served;
	await withFiles(served);
	await writeFile(path.join(incoming, 'half'), large);
	await truncate(path.join(incoming, 'half'), 1_000_000);
	const script = path.join(import.meta.dirname.replace('/dist/', '/'), 'fixtures', 'paramiko-session.py');
	const {status, out, errors} = await execute('/usr/bin/python3', [script, String(port)], {cwd: home});
	t.is(status, 0, errors);
	t.deepEqual(out.trim().split('\n'), [
		'symlink Operation unsupported',
		'readlink Operation unsupported',
		'open nothing No such file',
		'open x Failure',
		'rename taken Failure',
		'rmdir file No such file',
		'mkdir top The top level cannot be changed',
		'write outgoing /outgoing is for reading and removing files',
		'chown Permission denied',
	]);
	t.true(large.equals(await readFile(path.join(home, 'back'))));
	t.true(large.equals(await readFile(path.join(incoming, 'half'))));
	t.deepEqual((await readdir(incoming)).sort(), ['half', 'large', 'pipelined']);
	t.is((await stat(path.join(incoming, 'pipelined'))).size, 500_000);
});
