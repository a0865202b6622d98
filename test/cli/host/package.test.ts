// The Debian package on a booted Debian: installed, upgraded, removed and purged.
import {copyFile, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {packageRoot} from '../../../src/services/package-root.js';
import type {Host} from '../../helpers/host.js';
import {hostForTests} from '../../helpers/host-for-tests.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {testWith} from '../../helpers/test-with.js';

const theHost = hostForTests();
const journal = '/var/lib/tanos/journal.json';

async function makePackage(t: ExecutionContext): Promise<string> {
	const {stdout} = await execa(process.execPath, [path.join(packageRoot(), 'tools/deb.js'), await temporaryFolder(t)]);
	return stdout;
}

/** Debian 12 has no Node 24: it is that of the project, and dpkg is told to do without. */
async function installPackage(host: Host) {
	return host.run(['dpkg', '--force-depends', '--install', '/root/tanos.deb']);
}

async function state(host: Host): Promise<string> {
	return (await host.run(['dpkg-query', '--show', '--showformat=${db:Status-Status}', 'tanos-console'])).stdout;
}

testWith('dpkg-deb', 'lintian')('lintian finds no error in the package', async t => {
	const {stdout} = await execa('lintian', ['--allow-root', '--fail-on=none', await makePackage(t)]);
	t.deepEqual(
		stdout.split('\n').filter(line => line.startsWith('E:')),
		[],
	);
});

testWith('debootstrap', 'dpkg-deb').serial('an installation makes accounts, folders and units, and sshd takes its part', async t => {
	const host = await theHost();
	await copyFile(await makePackage(t), host.at('/root/tanos.deb'));
	await symlink('/opt/tanos-console/node_modules/node/bin/node', host.at('/usr/bin/node'));
	await host.run(['systemctl', 'start', 'ssh']);
	const installed = await installPackage(host);
	t.is(installed.exitCode, 0, installed.stderr);
	t.is((await host.run(['systemctl', 'is-enabled', 'tanos-recover.service'])).stdout, 'enabled');
	const sockets = ['tanos-admin.socket', 'tanos-user.socket', 'tanos-convert.socket'];
	t.is((await host.run(['systemctl', 'is-active', ...sockets])).stdout, 'active\nactive\nactive');
	const folders = ['/var/lib/tanos', '/var/log/tanos', '/home/tancopy', '/home/tancopy/incoming', '/home/tancopy/outgoing'];
	t.is(
		(await host.run(['stat', '-c', '%U:%G %a', ...folders])).stdout,
		'root:root 700\nroot:root 700\nroot:root 755\ntancopy:tancopy 700\nroot:tancopy 750',
	);
	t.regex((await host.run(['tanos', 'host', 'targets'])).stdout, /There is no target/);
	t.is((await host.run(['sshd', '-t'])).exitCode, 0);
});

testWith('debootstrap', 'dpkg-deb').serial('people get the console and tancopy gets SFTP, by the configuration of the package', async t => {
	const host = await theHost();
	const script = `set -e
useradd --create-home --shell /bin/sh --groups tanuser bob
ssh-keygen -q -t ed25519 -N '' -f /root/id
install -D -m 644 /root/id.pub /home/tancopy/.ssh/authorized_keys
install -d -o bob -m 700 /home/bob/.ssh; install -o bob -m 600 /root/id.pub /home/bob/.ssh/authorized_keys`;
	const made = await host.run(['sh', '-c', script]);
	t.is(made.exitCode, 0, made.stderr);
	const options = ['-i', '/root/id', '-o', 'StrictHostKeyChecking=no', '-o', 'LogLevel=ERROR'];
	const help = await host.run(['ssh', ...options, 'bob@127.0.0.1', 'help']);
	t.is(help.exitCode, 0, help.stderr);
	t.regex(help.stdout, /^The following commands are available in the TanOS CLI/);

	await writeFile(host.at('/root/a.crt'), 'certificate\n');
	const put = await host.run(['sftp', ...options, '-b', '-', 'tancopy@127.0.0.1'], {input: 'put /root/a.crt /incoming/\n'});
	t.is(put.exitCode, 0, put.stderr);
	t.is((await host.run(['stat', '-c', '%U %a', '/home/tancopy/incoming/a.crt'])).stdout, 'tancopy 600');
	const outside = await host.run(['sftp', ...options, '-b', '-', 'tancopy@127.0.0.1'], {input: 'get /etc/passwd /dev/null\n'});
	t.not(outside.exitCode, 0, 'it sees its chroot only');
	t.not((await host.run(['ssh', ...options, 'tancopy@127.0.0.1', 'id'])).exitCode, 0, 'and runs nothing');
});

testWith('debootstrap', 'dpkg-deb').serial(
	'while an installation is not finished, the package is neither replaced nor removed',
	async t => {
		const host = await theHost();
		await host.run(['touch', journal]);
		for (const words of [
			['--force-depends', '--install', '/root/tanos.deb'],
			['--remove', 'tanos-console'],
		]) {
			const refused = await host.run(['dpkg', ...words]);
			t.not(refused.exitCode, 0);
			t.regex(refused.stderr, /is not finished/);
			t.is(await state(host), 'installed');
			t.is((await host.run(['tanos', '--version'])).exitCode, 0, 'the program is there');
			t.is((await host.run(['systemctl', 'is-active', 'tanos-admin.socket'])).stdout, 'active');
		}

		await host.run(['rm', journal]);
		const upgraded = await installPackage(host);
		t.is(upgraded.exitCode, 0, upgraded.stderr);
	},
);

testWith('debootstrap', 'dpkg-deb').serial('a removal leaves settings, a purge leaves what may hold the only copy of a key', async t => {
	const host = await theHost();
	const settings = '/etc/ssh/sshd_config.d/50-tanos.conf';
	const removed = await host.run(['dpkg', '--remove', 'tanos-console']);
	t.is(removed.exitCode, 0, removed.stderr);
	t.is((await host.run(['test', '-e', settings])).exitCode, 0);
	t.is((await host.run(['test', '-e', '/run/tanos/admin.sock'])).exitCode, 1);
	const purged = await host.run(['dpkg', '--purge', 'tanos-console']);
	t.is(purged.exitCode, 0, purged.stderr);
	t.is((await host.run(['test', '-e', settings])).exitCode, 1);
	t.is((await host.run(['test', '-d', '/var/lib/tanos'])).exitCode, 0);
	t.is((await host.run(['sshd', '-t'])).exitCode, 0);
});
