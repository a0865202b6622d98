// The console of a host: OpenSSH's sshd in front, people without privileges, sessions in units of systemd, nginx as the service, and
// openssl as the judge of what is served.
import {readFile} from 'node:fs/promises';
import {untilSucceeds} from '../../helpers/host.js';
import {as, over, startOver, startUpload, uploadFile, uploadNew, uploadPair} from '../../helpers/host-console.js';
import {consoleForTests} from '../../helpers/host-for-tests.js';
import {holdStart, letStart, sessions, untilHeld, untilIdle} from '../../helpers/host-sessions.js';
import {fingerprint, makePair, served} from '../../helpers/host-targets.js';
import {testWith} from '../../helpers/test-with.js';

const node = '/opt/tanos-console/node_modules/node/bin/node';
const theHost = consoleForTests();

testWith('debootstrap').serial('the whole job by the menus over sshd, by a user without privileges', async t => {
	const host = await theHost();
	const fresh = await uploadNew(host);
	const {stdout, stderr, exitCode} = await over(host, 'ada', undefined, '2-4\nYES\nY\n\nrr\n4\n\n2-h\n1\nr\nr\nz\n');
	t.is(exitCode, 0, stdout + stderr);
	t.regex(stdout, /TanOS {2}\S+ {2}Linux Host {2}ada/);
	t.regex(stdout, /The nginx service is reloaded, which is no\s+outage/);
	t.regex(stdout, /The new certificate is installed, and the nginx service serves it/);
	t.regex(stdout, /ok +www\.example\.com at 127\.0\.0\.1:8443 presents the installed/);
	t.regex(stdout, /Signed out\./);
	t.is(await served(host, 8443), fresh);
	const audit = await readFile(host.at('/var/log/tanos/audit.jsonl'), 'utf8');
	t.regex(audit, /"installation-ended","user":"ada","from":"127\.0\.0\.1","host":"nginx"/, 'who, by the kernel; from where, by logind');
	await untilIdle(host); // Its unit ends with it.
});

testWith('debootstrap').serial('the same by commands, with their exit codes and their output apart from the errors', async t => {
	const host = await theHost();
	const fresh = await uploadNew(host);
	const {stdout, exitCode} = await over(host, 'ada', 'soap install json', 'yes\n');
	t.is(exitCode, 0, stdout);
	t.is((JSON.parse(stdout) as {outcome: string}).outcome, 'installed');
	t.is(await served(host, 8443), fresh);
	t.is((await over(host, 'ada', 'soap install', 'yes\n')).exitCode, 1, 'nothing is in /incoming any more');
	const status = await over(host, 'ada', 'soap status json');
	t.true((JSON.parse(status.stdout) as {ok: boolean}).ok);
	const wrong = await over(host, 'ada', 'soap status --target apache');
	t.is(wrong.exitCode, 2);
	t.regex(wrong.stderr, /There is no target apache: --target NAME\. There are: nginx\./);
	t.regex((await over(host, 'ada', 'array join')).stderr, /array join is not for a Linux host/);
	t.regex((await over(host, 'ada', 'help')).stdout, /soap install/);
});

testWith('debootstrap').serial('the log of a unit is shown, searched and followed; users are listed', async t => {
	const host = await theHost();
	await host.run(['systemctl', 'reload', 'nginx']);
	const {stdout} = await over(host, 'ada', 'log show nginx.service 20');
	t.regex(stdout, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+\S+ systemd\[1\]: Reloaded nginx/m);
	const menus = await over(host, 'ada', undefined, '3-l\n1\n1\nreLOADed\nr\n2\nr\nr\nz\n');
	t.regex(menus.stdout, /nginx\.service[^]*Reloaded nginx[^]*Times are UTC[^]*installation-ended/, menus.stdout);
	const users = await over(host, 'ada', undefined, 'c-u\n\nr\nz\n');
	t.regex(users.stdout, /User +Role\s+ada +tanadmin\s+bob +tanuser\s+They are users of the host/);
	t.regex((await over(host, 'ada', 'log show apache.service')).stderr, /log show nginx\.service\|audit/);

	const following = startOver(host, 'ada', 'log show nginx.service 1 follow');
	const lines: string[] = [];
	for await (const line of following) {
		lines.push(line);
		if (lines.length === 1) {
			await host.run(['systemctl', 'reload', 'nginx']);
		} else if (line.includes('Reloaded nginx')) {
			await host.run(['pkill', '--exact', 'ssh']);
		}
	}

	t.true(lines.length > 1);
	await host.run(['systemctl', 'reload', 'nginx']); // As with `tail -f` over sshd, the next line finds nobody.
	await untilIdle(host);
});

testWith('debootstrap').serial('an upload is converted in a unit without privileges', async t => {
	const host = await theHost();
	await makePair(host, 'www.example.com');
	const files = ['-inkey', '/root/new.key', '-in', '/root/new.crt', '-out', '/root/new.p12'];
	await host.run(['openssl', 'pkcs12', '-export', '-passout', 'pass:geheim', ...files]);
	await uploadFile(host, '/root/new.p12', 'SOAPServer.crt');
	const {stdout} = await over(host, 'ada', undefined, '2-4\nYES\nyes\nwrong\ngeheim\nY\n\nz\n');
	t.regex(stdout, /The passphrase does not open the bundle[^]*The new certificate is installed/, stdout);
	t.is(await served(host, 8443), await fingerprint(host, '/root/new.crt'));
	await host.run(['systemctl', 'stop', 'tanos-convert.socket']);
	await uploadFile(host, '/root/new.p12', 'SOAPServer.crt');
	const without = await over(host, 'ada', undefined, '2-4\nYES\nyes\ngeheim\n\nz\n');
	t.regex(without.stdout, /The unit that converts uploads failed: it cannot be connected to\./);
	await host.run(['systemctl', 'start', 'tanos-convert.socket']);
	await host.run(['rm', '/home/tancopy/incoming/SOAPServer.crt']);
});

testWith('debootstrap').serial('a file that OpenSSH is still receiving, and one whose upload was cut off, are not installed', async t => {
	const host = await theHost();
	await makePair(host, 'www.example.com');
	await uploadPair(host);
	const before = await served(host, 8443);
	await host.run(['sh', '-c', '{ yes text | head -c 40000; cat /root/new.crt; } >/root/long.crt']);
	const slowly = startUpload(host, '/root/long.crt', 'SOAPServer.crt');
	await untilSucceeds(host, 'grep', '-q', 'text', '/home/tancopy/incoming/SOAPServer.crt');
	const early = await over(host, 'ada', 'soap install', 'yes\n');
	t.is(early.exitCode, 1);
	t.regex(early.stderr, /SOAPServer\.crt is incomplete: its upload is in progress or was interrupted/);
	await host.run(['pkill', '--signal', 'KILL', '--exact', 'sftp']);
	await slowly;
	await untilSucceeds(host, 'sh', '-c', '! pgrep --full "[s]shd: tancopy"');
	const cut = await over(host, 'ada', 'soap install', 'yes\n');
	t.is(cut.exitCode, 1);
	t.regex(cut.stdout, /SOAPServer\.crt[^]*Not installed\. Nothing was changed\./);
	t.is(await served(host, 8443), before);
	await uploadPair(host);
	t.is((await over(host, 'ada', 'soap install', 'yes\n')).exitCode, 0);
});

testWith('debootstrap').serial('a session over which the line is lost in the middle goes on to its end', async t => {
	const host = await theHost();
	await holdStart(host);
	const fresh = await uploadNew(host);
	const installing = over(host, 'ada', undefined, '2-4\nYES\nY\n');
	await untilHeld(host);
	await host.run(['pkill', '--signal', 'KILL', '--full', 'sshd: ada']);
	t.not((await installing).exitCode, 0);
	await letStart(host);
	await untilIdle(host);
	t.is(await served(host, 8443), fresh);
	t.regex((await over(host, 'ada', 'soap history')).stdout, /Installation: installed +ada/);
});

testWith('debootstrap').serial('a session whose process is killed in the middle is recovered at once, without anybody', async t => {
	const host = await theHost();
	const before = await served(host, 8443);
	await holdStart(host);
	const fresh = await uploadNew(host);
	const installing = over(host, 'ada', undefined, '2-4\nYES\nY\n\n');
	await untilHeld(host);
	await host.run(['systemctl', 'kill', '--signal=KILL', 'tanos-admin@*']);
	const {stdout} = await installing;
	t.regex(stdout, /The service that ran this session has ended/);
	await letStart(host);
	await untilIdle(host);
	t.is((await host.run(['test', '-e', '/var/lib/tanos/journal.json'])).exitCode, 1, 'nothing is left to be done');
	t.true([before, fresh].includes(await served(host, 8443)));
	t.is(await served(host, 8443), await fingerprint(host, '/etc/tls/nginx.crt'));
	t.regex((await over(host, 'ada', undefined, '\nz\n')).stdout, /Since the Last Session/);
});

testWith('debootstrap').serial('who has no role gets nothing, and a tanuser only what a tanuser may', async t => {
	const host = await theHost();
	t.regex((await as(host, 'eve', ['tanos', 'host', 'console'])).stderr, /You have no role on this host/);
	const script = `require('net').connect(process.argv[1])
		.on('error', error => console.log(error.code)).on('connect', () => console.log('open'))`;
	for (const [user, socket] of [
		['eve', 'admin'],
		['eve', 'user'],
		['bob', 'admin'],
		['tancopy', 'admin'],
	] as const) {
		const {stdout} = await as(host, user, [node, '-e', script, `/run/tanos/${socket}.sock`]);
		t.is(stdout, 'EACCES', `${user} at ${socket}.sock`);
	}

	t.regex((await over(host, 'bob', 'soap install')).stderr, /needs the tanadmin role/);
	t.regex(
		(await over(host, 'bob', undefined, '2-4\n4\n\nz\n')).stdout,
		/2 \(Tanium Operations\): needs the tanadmin role[^]*presents the installed/,
	);
	t.not((await as(host, 'bob', ['cat', '/etc/tls/nginx.key'])).exitCode, 0);
	for (const file of ['/var/lib/tanos/locks', '/var/lib/tanos/backups', '/var/log/tanos/audit.jsonl']) {
		for (const user of ['bob', 'tancopy'] as const) {
			t.not((await as(host, user, ['ls', '--recursive', file])).exitCode, 0, `${user}: ${file}`);
		}
	}
});

testWith('debootstrap').serial('what a tanuser sends as messages of its own opens nothing', async t => {
	const host = await theHost();
	const send = async (line: string) => {
		const script = `const socket = require('net').connect('/run/tanos/user.sock').on('data', data => process.stdout.write(data));
			socket.write(process.argv[1]);`;
		return (await as(host, 'bob', ['timeout', '20', node, '-e', script, line])).stdout;
	};

	t.is(await send('{"type":"shell"}\n'), '');
	t.regex(await send('{"type":"run-command","command":"soap install","terminal":false}\n'), /"code":1/);
	const opened = '{"type":"open-console","hasScreen":false,"role":"tanadmin"}\n{"type":"signed-in","name":"root","role":"tanadmin"}\n';
	t.notRegex(await send(opened), /"role":"tanadmin"/);
	t.is(await sessions(host), '');
});
