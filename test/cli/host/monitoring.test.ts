// What others watch on a host: the audit log in the journal and forwarded by rsyslog.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {auditLine} from '../../../src/appliance/audit-line.js';
import {entryOf} from '../../../src/services/audit-journal.js';
import {packageRoot} from '../../../src/services/package-root.js';
import type {Host} from '../../helpers/host.js';
import {over, startConsole, uploadPair} from '../../helpers/host-console.js';
import {hostForTests} from '../../helpers/host-for-tests.js';
import {installNginx} from '../../helpers/host-services.js';
import {makePair, useTarget} from '../../helpers/host-targets.js';
import {testWith} from '../../helpers/test-with.js';

const booted = hostForTests();
let prepared: Promise<Host> | undefined;

async function theHost(): Promise<Host> {
	prepared ??= (async () => {
		const host = await booted();
		await installNginx(host);
		await useTarget(host, 'nginx');
		await host.run(['systemctl', 'start', 'nginx']);
		await startConsole(host);
		return host;
	})();
	return prepared;
}

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
	while ((await host.run(['grep', '--fixed-strings', '--quiet', line, '/var/log/received.log'])).exitCode !== 0) {
		// It has not come yet.
	}

	const received = (await host.run(['tail', '--lines=1', '/var/log/received.log'])).stdout;
	t.regex(received, /^<85>1 \S+ \S+ tanos - - - \{"time":/, 'RFC 5424, authpriv.notice');
	t.true(received.endsWith(line));
});
