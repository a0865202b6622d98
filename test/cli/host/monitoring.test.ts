// What others watch on a host: the audit log in the journal and forwarded by rsyslog, the metrics, and the health check.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {auditLine} from '../../../src/appliance/audit-line.js';
import {entryOf} from '../../../src/services/audit-journal.js';
import {packageRoot} from '../../../src/services/package-root.js';
import {untilSucceeds, type Host} from '../../helpers/host.js';
import {over, uploadPair} from '../../helpers/host-console.js';
import {consoleForTests} from '../../helpers/host-for-tests.js';
import {makePair} from '../../helpers/host-targets.js';
import {samplesIn} from '../../helpers/prometheus.js';
import {testWith} from '../../helpers/test-with.js';

const theHost = consoleForTests();

/** The last line of the audit log. */
async function lastLine(host: Host): Promise<string> {
	return (await readFile(host.at('/var/log/tanos/audit.jsonl'), 'utf8')).trimEnd().split('\n').at(-1)!;
}

/** The entries of the journal that match, as journalctl gives them. */
async function entries(host: Host, ...matches: string[]): Promise<Array<Record<string, string>>> {
	await host.run(['journalctl', '--sync']);
	const {stdout} = await host.run(['journalctl', '--output=json', '--no-pager', ...matches]);
	return stdout === '' ? [] : stdout.split('\n').map(line => JSON.parse(line) as Record<string, string>);
}

testWith('debootstrap').serial('each event of the audit log is in the journal, with its values as fields', async t => {
	const host = await theHost();
	await makePair(host, 'www.example.com');
	await uploadPair(host);
	t.is((await over(host, 'ada', 'soap install', 'yes\n')).exitCode, 0);
	const [ended, ...more] = await entries(host, 'TANOS_EVENT=installation-ended', '_UID=0');
	t.deepEqual(more, []);
	t.like(ended, {
		MESSAGE: await lastLine(host),
		MESSAGE_ID: '68840d71c4a750f2bfefad08d7bd6d1c',
		PRIORITY: '5',
		SYSLOG_IDENTIFIER: 'tanos',
		TANOS_USER: 'ada',
		TANOS_FROM: '127.0.0.1',
		TANOS_TARGET: 'nginx',
		TANOS_OUTCOME: 'installed',
	});
	const log = (await readFile(host.at('/var/log/tanos/audit.jsonl'), 'utf8')).trimEnd().split('\n');
	t.deepEqual(
		(await entries(host, '--identifier=tanos')).map(({MESSAGE}) => MESSAGE),
		log,
	);
});

testWith('debootstrap').serial('logger reads no other field out of a value', async t => {
	const host = await theHost();
	const line = auditLine({event: 'tried', user: 'x\nTANOS_USER=root\nPRIORITY=0\u2028MESSAGE=\r'}, new Date());
	t.is((await host.run(['logger', '--journald'], {input: `${entryOf(line).join('\n')}\n`})).exitCode, 0);
	const [entry] = await entries(host, 'TANOS_EVENT=tried');
	t.like(entry, {TANOS_USER: String.raw`x\x0aTANOS_USER=root\x0aPRIORITY=0\u{2028}MESSAGE=\x0d`, PRIORITY: '5', MESSAGE: line});
});

testWith('debootstrap').serial('without a journal nothing fails, and the event is in the audit log', async t => {
	const host = await theHost();
	await host.run(['systemctl', 'kill', '--signal=STOP', 'systemd-journald']);
	t.is((await over(host, 'ada', 'soap status --target nginx')).exitCode, 0);
	await host.run(['systemctl', 'kill', '--signal=CONT', 'systemd-journald']);
	t.regex(await lastLine(host), /"command":"soap status --target nginx"/);
	await host.run(['systemctl', 'stop', 'systemd-journald.socket', 'systemd-journald-dev-log.socket', 'systemd-journald']);
	t.is((await over(host, 'ada', 'soap status')).exitCode, 0);
	await host.run(['systemctl', 'start', 'systemd-journald']);
	t.regex(await lastLine(host), /"command":"soap status"/);
});

/** A log server on the same host: rsyslog as well. */
const receiver = `module(load="imtcp")
template(name="whole" type="string" string="%rawmsg%\\n")
input(type="imtcp" address="127.0.0.1" port="6514" ruleset="received")
ruleset(name="received") { action(type="omfile" file="/var/log/received.log" template="whole") }
`;

testWith('debootstrap').serial('rsyslog forwards events with the example of the package', async t => {
	const host = await theHost();
	const example = await readFile(path.join(packageRoot(), 'packaging/rsyslog/50-tanos.conf'), 'utf8');
	for (const text of [
		example.replaceAll('#tls ', '').replace(/"[^"]*\.crt"/, '"/root/new.crt"'),
		example.replace('logs.example.com', '127.0.0.1').replace('"514"', '"6514"'),
	]) {
		await writeFile(host.at('/etc/rsyslog.d/50-tanos.conf'), text);
		const {exitCode, stderr} = await host.run(['rsyslogd', '-N1']);
		t.is(exitCode, 0, stderr);
		t.notRegex(stderr, /error|warning/i);
	}

	await writeFile(host.at('/etc/rsyslog.d/90-receiver.conf'), receiver);
	await host.run(['systemctl', 'enable', '--now', 'rsyslog']);
	await over(host, 'ada', 'soap history');
	const line = await lastLine(host);
	await untilSucceeds(host, 'grep', '--fixed-strings', '--quiet', line, '/var/log/received.log');

	const received = (await host.run(['tail', '--lines=1', '/var/log/received.log'])).stdout;
	t.regex(received, /^<85>1 \S+ \S+ tanos - - - \{"time":/, 'RFC 5424, authpriv.notice');
	t.true(received.endsWith(line));
});

const metricsFile = '/var/lib/prometheus/node-exporter/tanos.prom';
const day = 86_400;

testWith('debootstrap', 'prometheus-client').serial('the timer writes the metrics of each target for the node exporter', async t => {
	const host = await theHost();
	await host.run(['systemctl', 'start', 'tanos-metrics.timer']);
	t.is((await host.run(['systemctl', 'is-active', 'tanos-metrics.timer'])).stdout, 'inactive', 'this host has no node exporter');
	await host.run(['mkdir', '-p', path.dirname(metricsFile)]);
	await host.run(['systemctl', 'start', 'tanos-metrics.timer']);
	t.is((await host.run(['systemctl', 'is-active', 'tanos-metrics.timer'])).stdout, 'active');
	const metrics = async () => {
		const {exitCode, stderr} = await host.run(['systemctl', 'start', 'tanos-metrics.service']);
		t.is(exitCode, 0, stderr);
		t.is((await host.run(['ls', '-A', path.dirname(metricsFile)])).stdout, 'tanos.prom');
		return samplesIn(t, await readFile(host.at(metricsFile), 'utf8'));
	};

	const labels = 'nginx /etc/tls/nginx.crt';
	const untrusted = await metrics();
	t.is(untrusted[`tanos_certificate_trusted ${labels}`], 0);
	await host.run(['cp', '/etc/tls/nginx.crt', '/etc/ssl/certs/tanos-test.pem']);
	await host.run(['chown', 'www-data', '/etc/tls/nginx.key']);
	const good = await metrics();
	const left = (good[`tanos_certificate_not_after_timestamp_seconds ${labels}`]! - Date.now() / 1000) / day;
	t.true(left > 89 && left < 91, String(left));
	for (const name of ['tanos_certificate_trusted', 'tanos_certificate_served', 'tanos_pair_loadable']) {
		t.is(good[`${name} ${labels}`], 1, name);
	}

	t.is(good['tanos_service_running nginx.service'], 1);
	t.is(good['tanos_installation_interrupted'], 0);
	t.true(good['tanos_last_change_timestamp_seconds installation installed nginx']! > Date.now() / 1000 - day);

	await host.run(['systemctl', 'stop', 'nginx']);
	await host.run(['touch', '/var/lib/tanos/journal.json']);
	const bad = await metrics();
	t.deepEqual(
		['tanos_certificate_trusted', 'tanos_certificate_served'].map(name => bad[`${name} ${labels}`]),
		[0, 0],
	);
	t.deepEqual([bad['tanos_service_running nginx.service'], bad['tanos_installation_interrupted']], [0, 1]);
	await host.run(['rm', '/var/lib/tanos/journal.json']);
	await host.run(['systemctl', 'start', 'nginx']);
	await host.run(['chown', 'root', '/etc/tls/nginx.key']);
});

testWith('debootstrap').serial('3-5, 3-6 and create health-check look at each target and its certificate', async t => {
	const host = await theHost();
	const checked = await over(host, 'ada', 'create health-check json');
	t.is(checked.exitCode, 0, checked.stderr);
	const {checks} = JSON.parse(checked.stdout) as {checks: Array<{name: string; state: string; result: string}>};
	t.deepEqual(
		checks.filter(({state}) => state !== 'good'),
		[],
	);
	t.regex(checks.find(({name}) => name === 'nginx: certificate')!.result, /^valid to \S+, (?:89|90) days left$/);
	t.regex(
		(await over(host, 'ada', 'report metrics')).stdout,
		/^tanos_certificate_served\{target="nginx",file="\/etc\/tls\/nginx\.crt"\} 1$/m,
	);

	t.regex((await over(host, 'ada', undefined, '3-6\n\nz\n')).stdout, /No scheduled health check has been run yet/);
	await host.run(['systemctl', 'stop', 'nginx']);
	t.is((await host.run(['systemctl', 'start', 'tanos-health.service'])).exitCode, 1, 'a bad check fails the unit');
	await host.run(['systemctl', 'start', 'nginx']);
	const shown = (await over(host, 'ada', undefined, '3-6\n\n5\n\nz\n')).stdout;
	t.regex(shown, /Service nginx\.service +bad +stopped[^]*Service nginx\.service +running/, shown);
	t.regex(shown, /nginx: trust +verified with the CA certificates of this host/);
	t.is((await host.run(['stat', '-c', '%U:%G %a', '/home/tancopy/outgoing/health.log'])).stdout, 'root:root 644');
});

testWith('debootstrap').serial('a file that describes no target does not hide the others', async t => {
	const host = await theHost();
	await writeFile(host.at('/etc/tanos/targets.d/broken.json'), '{}');
	const {exitCode, stdout, stderr} = await host.run(['tanos', 'host', 'metrics']);
	t.is(exitCode, 1);
	t.regex(stderr, /broken\.json/);
	t.regex(stdout, /target="nginx"/);
	t.is((await host.run(['tanos', 'host', 'health'])).exitCode, 1);
	await host.run(['rm', '/etc/tanos/targets.d/broken.json']);
	t.is((await host.run(['tanos', 'host', 'health'])).exitCode, 0);
});

testWith('debootstrap').serial('the units are as systemd wants them', async t => {
	const host = await theHost();
	const units = ['metrics', 'health'].flatMap(name => [`tanos-${name}.service`, `tanos-${name}.timer`]);
	const {exitCode, stderr, stdout} = await host.run(['systemd-analyze', 'verify', '--man=no', ...units]);
	t.deepEqual([exitCode, stderr + stdout], [0, '']);
});
