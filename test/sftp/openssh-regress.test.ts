// OpenSSH's own regression tests of its sftp-server, as Debian's package openssh-tests brings them, with `tanos sftp-server` in
// its place. Every script that uses TEST_SSH_SFTPSERVER is here. sftp-chroot is not: what it tests is sshd's chroot around
// internal-sftp, into which another program would have to be copied first.
import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {freePorts} from '../helpers/ports.js';
import {fileOf} from '../helpers/programs.js';
import {testWith} from '../helpers/test-with.js';
import {execute} from '../ssh-server/served.js';
import {tanosSftpServer} from './stdio.js';

const scripts = ['sftp', 'sftp-cmds', 'sftp-badcmds', 'sftp-batch', 'sftp-glob', 'sftp-perm', 'sftp-uri', 'scp', 'scp3', 'scp-uri'];

let prepared: Promise<string> | undefined;

/** The tests in a folder of their own, with the server under test. */
async function prepare(): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-regress-'));
	await cp(fileOf('openssh-tests'), folder, {recursive: true});
	await tanosSftpServer(path.join(folder, 'tanos-sftp-server'));
	await useSftpServerInUriTest(folder);
	return folder;
}

test.after.always(async () => prepared && rm(await prepared, {recursive: true, force: true}));

/** This script alone has sshd's internal-sftp serve it; here sshd starts the server under test instead. */
async function useSftpServerInUriTest(folder: string): Promise<void> {
	const file = path.join(folder, 'sftp-uri.sh');
	const text = await readFile(file, 'utf8');
	await writeFile(file, text.replace('internal-sftp -d /', '$SFTPSERVER -d /'));
}

// One after the other: the scripts share the keys in the folder, whose making takes longer than some of the tests.
for (const script of scripts) {
	testWith('openssh-tests', 'sshd', 'ssh', 'ssh-keygen', 'sftp', 'scp').serial(script, async t => {
		const folder = await (prepared ??= prepare());
		const {status, out, errors} = await execute('sh', ['test-exec.sh', folder, path.join(folder, `${script}.sh`)], {
			cwd: folder,
			env: {
				...process.env,
				TEST_SHELL: 'sh',
				TEST_SSH_SSH: 'ssh',
				TEST_SSH_SFTPSERVER: path.join(folder, 'tanos-sftp-server'),
				TEST_SSH_PORT: String((await freePorts(1))[0]),
				TEST_SSH_UNSAFE_PERMISSIONS: '1',
			},
		});
		t.is(status, 0, `${out}\n${errors}`);
		t.regex(out, /^ok /m);
	});
}
