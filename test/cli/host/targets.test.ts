// `tanos host` on a booted Debian, with its own nginx, HAProxy and PostgreSQL, and openssl as the judge of what is served.
import {mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import type {Host} from '../../helpers/host.js';
import {hostForTests} from '../../helpers/host-for-tests.js';
import {installNginx, newPairFor, writeTls, writeUnitPart} from '../../helpers/host-services.js';
import {assertInstalled, fingerprint, install, makePair, served, useTarget} from '../../helpers/host-targets.js';
import {testWith} from '../../helpers/test-with.js';

const theHost = hostForTests();

async function invocation(host: Host, unit: string): Promise<string> {
	return (await host.run(['systemctl', 'show', '--property=InvocationID,MainPID', unit])).stdout;
}

testWith('debootstrap').serial('nginx is reloaded without an outage, and rolled back when it refuses', async t => {
	const host = await theHost();
	await installNginx(host);
	await useTarget(host, 'nginx');
	await host.run(['systemctl', 'start', 'nginx']);
	const before = await invocation(host, 'nginx');
	await makePair(host, 'www.example.com');
	const {outageMilliseconds} = await assertInstalled(t, host, 'nginx', async () => served(host, 8443));
	t.is(outageMilliseconds, 0);
	t.is(await invocation(host, 'nginx'), before, 'it never stopped');
	t.is((await stat(host.at('/etc/tls/nginx.key'))).mode & 0o777, 0o600);

	const good = await served(host, 8443);
	await writeFile(host.at('/etc/nginx/conf.d/broken.conf'), 'no such directive;\n');
	await makePair(host, 'www.example.com');
	const {outcome, exitCode, told} = await install(host, 'nginx');
	t.is(exitCode, 1);
	t.is(outcome, 'rolled-back', told.join('\n'));
	t.regex(told.join('\n'), /unknown directive/, 'with the reason that nginx gave');
	t.is(await served(host, 8443), good, 'the old certificate never stopped being served');
	t.is(await fingerprint(host, '/etc/tls/nginx.crt'), good);
	await host.run(['rm', '/etc/nginx/conf.d/broken.conf']);
});

testWith('debootstrap').serial('a pair that does not fit is refused, and nobody but root installs', async t => {
	const host = await theHost();
	await useTarget(host, 'nginx');
	await makePair(host, 'other.example.com');
	const {outcome, told} = await install(host, 'nginx');
	t.is(outcome, 'refused', told.join('\n'));
	const as = await host.run([
		'setpriv',
		'--reuid=nobody',
		'--regid=nogroup',
		'--clear-groups',
		'/opt/tanos-console/node_modules/node/bin/node',
		'/opt/tanos-console/bin/tanos.js',
		'host',
		'install',
		'nginx',
		'/root/new.crt',
		'/root/new.key',
	]);
	t.regex(as.stderr, /Only root/);
	await host.run(['chmod', 'o+w', '/etc/tanos/targets.d/nginx.json']);
	t.regex((await install(host, 'nginx')).outcome, /can be changed by others/);
	await host.run(['chmod', 'o-w', '/etc/tanos/targets.d/nginx.json']);
});

const haproxySettings = `
frontend tls
	mode http
	bind 127.0.0.1:9443 ssl crt /etc/tls/haproxy.pem
	http-request return status 200
`;

testWith('debootstrap').serial('HAProxy is reloaded with one file for certificate and key', async t => {
	const host = await theHost();
	const {certificate, key} = await newPairFor('www.example.com');
	await writeTls(host, 'haproxy.pem', certificate + key, 0o600);
	const settings = host.at('/etc/haproxy/haproxy.cfg');
	await writeFile(settings, `${await readFile(settings, 'utf8')}${haproxySettings}`);
	await host.run(['systemctl', 'start', 'haproxy']);
	await useTarget(host, 'haproxy');
	await makePair(host, 'www.example.com');
	const {outageMilliseconds} = await assertInstalled(t, host, 'haproxy', async () => served(host, 9443));
	t.is(outageMilliseconds, 0);
});

testWith('debootstrap').serial('PostgreSQL is reloaded and proven by STARTTLS; its key keeps its group', async t => {
	const host = await theHost();
	const {certificate, key} = await newPairFor('db.example.com');
	await writeTls(host, 'postgresql.crt', certificate);
	await writeTls(host, 'postgresql.key', key, 0o640);
	await host.run(['chown', 'root:postgres', '/etc/tls/postgresql.key']);
	const created = await host.run(['pg_createcluster', '--locale', 'C.UTF-8', '15', 'main']);
	t.is(created.exitCode, 0, created.stderr); // The package makes none in a root that has not booted.
	await mkdir(host.at('/etc/postgresql/15/main/conf.d'), {recursive: true});
	await writeFile(
		host.at('/etc/postgresql/15/main/conf.d/tls.conf'),
		"ssl_cert_file = '/etc/tls/postgresql.crt'\nssl_key_file = '/etc/tls/postgresql.key'\n",
	);
	await host.run(['systemctl', 'start', 'postgresql@15-main']);
	await useTarget(host, 'postgresql');
	await makePair(host, 'db.example.com');
	await assertInstalled(t, host, 'postgresql', async () => served(host, 5432, '-starttls', 'postgres'));
	t.is((await host.run(['stat', '-c', '%U:%G %a', '/etc/tls/postgresql.key'])).stdout, 'root:postgres 640');
});

testWith('debootstrap').serial('a restart brings back what the stop took down', async t => {
	const host = await theHost();
	await installNginx(host);
	await writeFile(
		host.at('/etc/systemd/system/beside.service'),
		'[Unit]\nRequires=nginx.service\nAfter=nginx.service\n[Service]\nExecStart=sleep infinity\n',
	);
	await host.run(['systemctl', 'daemon-reload']);
	await host.run(['systemctl', 'restart', 'nginx', 'beside']);
	await useTarget(host, 'nginx', text => text.replace('"reload"', '"restart"'));
	await makePair(host, 'www.example.com');
	const {outageMilliseconds} = await assertInstalled(t, host, 'nginx', async () => served(host, 8443));
	t.true(Number(outageMilliseconds) > 0);
	t.is((await host.run(['systemctl', 'is-active', 'beside'])).stdout, 'active');
});

testWith('debootstrap').serial('a service that dies after its start is rolled back although Restart= brings it back', async t => {
	const host = await theHost();
	const old = await served(host, 8443);
	const killOnce =
		'[Service]\nRestart=always\nRestartSec=0\n'
		+ 'ExecStartPost=sh -c "test -e /run/killed || { touch /run/killed; (sleep 0.5; kill -KILL $MAINPID) & }"\n';
	await writeUnitPart(host, 'nginx.service', killOnce);
	await makePair(host, 'www.example.com');
	const {outcome, told} = await install(host, 'nginx');
	t.is(outcome, 'rolled-back', told.join('\n'));
	t.is(await served(host, 8443), old);
	t.is((await host.run(['systemctl', 'is-active', 'beside'])).stdout, 'active', 'also after a rollback');
});
