// What makes the console of a host, looks for what is missing, and confines it.
import {writeFile} from 'node:fs/promises';
import {over, uploadNew} from '../../helpers/host-console.js';
import {consoleForTests} from '../../helpers/host-for-tests.js';
import {untilIdle} from '../../helpers/host-sessions.js';
import {testWith} from '../../helpers/test-with.js';

const theHost = consoleForTests();
/** What lets sessions write the folders of the targets. */
const part = '/etc/systemd/system/tanos-admin@.service.d/targets.conf';
const node = '/opt/tanos-console/node_modules/node/bin/node';

testWith('debootstrap').serial('the doctor finds what is wrong, with its fix, and that the fix helps', async t => {
	const host = await theHost();
	const examine = async () => {
		const {stdout} = await host.run(['tanos', 'host', 'doctor', '--json']);
		const {checks} = JSON.parse(stdout) as {checks: Array<{what: string; problem?: string; fix?: string}>};
		return checks.filter(({problem}) => problem !== undefined).map(({fix}) => fix);
	};

	await host.run(['mv', '/usr/bin/perl', '/usr/bin/perl.away']);
	t.true((await examine()).includes('apt-get install perl-base, or dnf install perl-interpreter'));
	await host.run(['mv', '/usr/bin/perl.away', '/usr/bin/perl']);
	const enable = 'systemctl enable --now';
	const wanted = ['tanos-admin.socket', 'tanos-user.socket', 'tanos-convert.socket'].map(unit => `${enable} ${unit}`);
	t.deepEqual(await examine(), []);
	await host.run(['systemctl', 'disable', '--now', 'tanos-admin.socket', 'tanos-user.socket', 'tanos-convert.socket', 'tanos-recover']);
	t.deepEqual(await examine(), [...wanted, 'systemctl enable tanos-recover.service']);
	for (const fix of await examine()) {
		await host.run(fix!.split(' '));
	}

	t.deepEqual(await examine(), []);
	await host.run(['mv', part, '/root/']);
	await host.run(['systemctl', 'daemon-reload']);
	t.deepEqual(await examine(), ['tanos host setup']);
	await uploadNew(host);
	t.regex((await over(host, 'ada', 'soap install', 'yes\n')).stdout, /Not installed\. Nothing was changed\./);
	await untilIdle(host);
	await host.run(['tanos', 'host', 'setup']);
	t.is((await over(host, 'ada', 'soap install', 'yes\n')).exitCode, 0);
	await host.run(['systemctl', 'stop', 'nginx']);
	t.is((await host.run(['tanos', 'host', 'doctor'])).exitCode, 1);
	await host.run(['systemctl', 'start', 'nginx']);
});

testWith('debootstrap').serial('the units are confined', async t => {
	const host = await theHost();
	for (const unit of ['tanos-admin@', 'tanos-user@', 'tanos-convert@', 'tanos-health', 'tanos-metrics'].map(name => `${name}.service`)) {
		const {stdout} = await host.run(['systemd-analyze', 'security', '--offline=yes', '--no-pager', '--threshold=20', unit]);
		t.regex(stdout, /Overall exposure level for \S+: (?:[01]\.\d|2\.0)/, unit);
	}
});

testWith('debootstrap').serial('setup says what it changes, is undone and done again, and runs no program of others', async t => {
	const host = await theHost();
	const setup = async (...words: string[]) => host.node('bin/tanos.js', 'host', 'setup', ...words);
	const states = (text: string) => [...new Set(text.split('\n').map(line => line.split(' ')[0]))];
	t.deepEqual(states((await setup()).stdout), ['unchanged']);
	t.deepEqual(states((await setup('--undo', '--dry-run')).stdout), ['planned']);
	t.is((await over(host, 'ada', 'help')).exitCode, 0, 'it was not undone');
	t.deepEqual(states((await setup('--undo')).stdout), ['done']);
	t.deepEqual(states((await setup('--undo')).stdout), ['unchanged']);
	const left = ['/usr/bin/tanos', '/etc/systemd/system/tanos-admin.socket', '/etc/ssh/sshd_config.d/50-tanos.conf', part];
	t.is((await host.run(['ls', ...left])).stdout, '');
	t.is((await over(host, 'ada', 'id --user --name')).stdout, 'ada', 'sshd gives the shell of the account again');

	await writeFile(host.at('/etc/ssh/sshd_config.d/10-wrong.conf'), 'Nonsense yes\n');
	const refused = await setup();
	t.is(refused.exitCode, 1);
	t.regex(refused.stderr, /sshd -t failed: \/etc\/ssh\/sshd_config\.d\/10-wrong\.conf/);
	t.is((await host.run(['ls', '/etc/ssh/sshd_config.d'])).stdout, '10-wrong.conf', 'what sshd did not take is taken away');
	await host.run(['rm', '/etc/ssh/sshd_config.d/10-wrong.conf']);
	t.deepEqual(states((await setup()).stdout), ['unchanged', 'done']);
	t.regex((await over(host, 'ada', 'help')).stdout, /soap install/);

	await host.run(['rm', '/usr/bin/tanos']);
	for (const [folder, message] of [
		['/root', /is in a home directory/],
		['/var/tmp', /can be changed by others than root/],
	] as const) {
		await host.run(['cp', node, folder]);
		t.regex((await host.run([`${folder}/node`, '/opt/tanos-console/bin/tanos.js', 'host', 'setup'])).stderr, message);
	}
});
