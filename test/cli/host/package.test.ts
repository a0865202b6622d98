// The Debian packages on a booted Debian: installed, upgraded, removed and purged.
import {writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {untilSucceeds, type Host} from '../../helpers/host.js';
import {makePeople, over, signInByPassword, sshWords, uploadPair} from '../../helpers/host-console.js';
import {hostForTests} from '../../helpers/host-for-tests.js';
import {installPackages, packagesForTests} from '../../helpers/host-package.js';
import {installNginx} from '../../helpers/host-services.js';
import {holdStart, letStart, untilHeld, untilIdle} from '../../helpers/host-sessions.js';
import {fingerprint, makePair, served, useTarget} from '../../helpers/host-targets.js';
import {testWith} from '../../helpers/test-with.js';

const theHost = hostForTests();
const thePackages = packagesForTests();
const journal = '/var/lib/tanos/journal.json';

async function state(host: Host): Promise<string> {
	return (await host.run(['dpkg-query', '--show', '--showformat=${db:Status-Status}', 'tanos-console'])).stdout;
}

const withHost = testWith('debootstrap', 'dpkg-deb', 'strip').serial;

testWith(
	'dpkg-deb',
	'lintian',
	'strip',
)('lintian finds no error in the packages', async t => {
	const packages = await thePackages();
	const {stdout} = await execa('lintian', ['--allow-root', '--fail-on=none', packages.console, packages.node]);
	t.deepEqual(
		stdout.split('\n').filter(line => line.startsWith('E:')),
		[],
	);
});

withHost('an installation makes accounts, folders and units, and sshd takes its part', async t => {
	const host = await theHost();
	const packages = await thePackages();
	await host.run(['systemctl', 'start', 'ssh']);
	const refused = await installPackages(host, packages.console);
	t.regex(refused.stderr, /depends on nodejs \(>= 24\) \| tanos-node/, 'Debian 12 has no such Node');
	const installed = await installPackages(host, packages.node, packages.console);
	t.is(installed.exitCode, 0, installed.stderr);
	t.is((await host.run(['systemctl', 'is-enabled', 'tanos-recover.service'])).stdout, 'enabled');
	const sockets = ['tanos-admin.socket', 'tanos-user.socket', 'tanos-convert.socket'];
	t.is((await host.run(['systemctl', 'is-active', ...sockets])).stdout, 'active\nactive\nactive');
	t.is((await host.run(['systemctl', 'is-active', 'tanos-health.timer', 'tanos-metrics.timer'])).stdout, 'active\ninactive');
	t.is((await host.run(['systemctl', 'is-enabled', 'tanos-metrics.timer'])).stdout, 'enabled', 'for when there is a node exporter');
	const folders = ['/var/lib/tanos', '/var/log/tanos', '/home/tancopy', '/home/tancopy/incoming', '/home/tancopy/outgoing'];
	t.is(
		(await host.run(['stat', '-c', '%U:%G %a', ...folders])).stdout,
		'root:root 700\nroot:root 700\nroot:root 755\ntancopy:tancopy 700\nroot:tancopy 750',
	);
	t.regex((await host.run(['tanos', 'host', 'targets'])).stdout, /There is no target/);
	t.is((await host.run(['sshd', '-t'])).exitCode, 0);
});

withHost('people get the console and tancopy gets SFTP, by the configuration of the package', async t => {
	const host = await theHost();
	await makePeople(host);
	const help = await over(host, 'bob', 'help');
	t.is(help.exitCode, 0, help.stderr);
	t.regex(help.stdout, /^The following commands are available in the TanOS CLI/);

	await writeFile(host.at('/root/a.crt'), 'certificate\n');
	const sftp = ['sftp', '-b', '-', ...sshWords('tancopy').slice(1)];
	const put = await host.run(sftp, {input: 'put /root/a.crt /incoming/\n'});
	t.is(put.exitCode, 0, put.stderr);
	t.is((await host.run(['stat', '-c', '%U %a', '/home/tancopy/incoming/a.crt'])).stdout, 'tancopy 600');
	const outside = await host.run(sftp, {input: 'get /etc/passwd /dev/null\n'});
	t.not(outside.exitCode, 0, 'it sees its chroot only');
	t.not((await host.run(sshWords('tancopy', 'id'))).exitCode, 0, 'and runs nothing');
});

withHost('three wrong passwords lock somebody with a role, nobody else, and no key', async t => {
	const host = await theHost();
	await host.run(['chpasswd'], {input: 'ada:right\neve:right\n'});
	const signsIn = async (user: 'ada' | 'eve', password: string) => signInByPassword(host, user, password);
	t.true(await signsIn('ada', 'right'));
	for (const _ of [1, 2, 3]) {
		t.deepEqual(await Promise.all([signsIn('ada', 'wrong'), signsIn('eve', 'wrong')]), [false, false]);
	}

	t.deepEqual(await Promise.all([signsIn('ada', 'right'), signsIn('eve', 'right')]), [false, true]);
	t.is((await over(host, 'ada', 'help')).exitCode, 0, 'keys are not locked');
	await host.run(['faillock', '--user', 'ada', '--reset']);
	t.true(await signsIn('ada', 'right'));
});

withHost('a session goes on to its end while the package is upgraded in the middle of an installation', async t => {
	const host = await theHost();
	await installNginx(host);
	await useTarget(host, 'nginx');
	await host.run(['systemctl', 'start', 'nginx']);
	await host.run(['tanos', 'host', 'setup']);
	const {console, newer} = await thePackages();
	for (const [upgrade, isRefused] of [
		[newer, false],
		[console, true], // dpkg downgrades as it upgrades.
	] as const) {
		const old = await served(host, 8443);
		await makePair(host, 'www.example.com');
		await uploadPair(host);
		await holdStart(host, {failing: isRefused});
		const installing = over(host, 'ada', undefined, '2-4\nYES\nY\n\n2-b\nr\n2-h\n1\nr\nr\nz\n');
		await untilHeld(host);
		const upgraded = await installPackages(host, upgrade);
		t.is(upgraded.exitCode, 0, upgraded.stderr);
		await letStart(host);
		const {stdout, exitCode} = await installing;
		t.is(exitCode, 0, stdout);
		t.regex(stdout, isRefused ? /The old pair is in place again/ : /The new certificate is installed, and the nginx service serves it/);
		t.is(await served(host, 8443), isRefused ? old : await fingerprint(host, '/root/new.crt'));
		await untilIdle(host);
		t.is((await over(host, 'ada', 'soap status')).exitCode, 0, 'sessions of the other version begin');
	}
});

withHost('a unit that an administrator has disabled stays so in an upgrade', async t => {
	const host = await theHost();
	await host.run(['systemctl', 'disable', '--now', 'tanos-user.socket']);
	await installPackages(host, (await thePackages()).newer);
	t.is((await host.run(['systemctl', 'is-enabled', 'tanos-user.socket', 'tanos-admin.socket'])).stdout, 'disabled\nenabled');
	t.is((await host.run(['systemctl', 'is-active', 'tanos-user.socket', 'tanos-admin.socket'])).stdout, 'inactive\nactive');
});

withHost('while a replacement is not finished, the package is not removed', async t => {
	const host = await theHost();
	await host.run(['touch', journal]);
	const refused = await host.run(['dpkg', '--remove', 'tanos-console']);
	t.not(refused.exitCode, 0);
	t.regex(refused.stderr, /is not finished/);
	t.is(await state(host), 'installed');
	t.is((await host.run(['tanos', '--version'])).exitCode, 0, 'the program is there');
	t.is((await host.run(['systemctl', 'is-active', 'tanos-admin.socket'])).stdout, 'active');
	await host.run(['rm', journal]);
});

withHost('a removal waits for the installation that a session has begun', async t => {
	const host = await theHost();
	await makePair(host, 'www.example.com');
	await uploadPair(host);
	await holdStart(host);
	const installing = over(host, 'ada', 'soap install', 'yes\n');
	await untilHeld(host);
	const removing = host.run(['dpkg', '--remove', 'tanos-console']);
	await untilSucceeds(host, 'sh', '-c', '! systemctl --quiet is-active tanos-admin.socket');

	await letStart(host);
	const removed = await removing;
	t.is(removed.exitCode, 0, removed.stderr);
	await installing;
	t.is(await served(host, 8443), await fingerprint(host, '/root/new.crt'));
	t.is((await host.run(['test', '-e', journal])).exitCode, 1);
});

withHost('a removal leaves settings, a purge leaves what may hold the only copy of a key', async t => {
	const host = await theHost();
	const settings = '/etc/ssh/sshd_config.d/50-tanos.conf';
	t.is(await state(host), 'config-files');
	t.is((await host.run(['test', '-e', settings])).exitCode, 0);
	t.is((await host.run(['test', '-e', '/run/tanos/admin.sock'])).exitCode, 1);
	t.is((await host.run(['grep', 'pam_faillock', '/etc/pam.d/common-auth'])).stdout, '');
	t.deepEqual([await signInByPassword(host, 'eve', 'wrong'), await signInByPassword(host, 'eve', 'right')], [false, true]);
	const purged = await host.run(['dpkg', '--purge', 'tanos-console']);
	t.is(purged.exitCode, 0, purged.stderr);
	t.is((await host.run(['test', '-e', settings])).exitCode, 1);
	t.is((await host.run(['test', '-d', '/var/lib/tanos'])).exitCode, 0);
	t.is((await host.run(['sshd', '-t'])).exitCode, 0);
});
