// Targets with a separate chain file, with owners and modes, and with STARTTLS of mail servers.
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {hostForTests} from '../../helpers/host-for-tests.js';
import {newPairFor, writeTls} from '../../helpers/host-services.js';
import {assertInstalled, fingerprint, install, makePair, served, useTarget} from '../../helpers/host-targets.js';
import {testWith} from '../../helpers/test-with.js';

const theHost = hostForTests();

testWith('debootstrap').serial('Postfix and Dovecot are proven by STARTTLS of SMTP, IMAP and POP3', async t => {
	const host = await theHost();
	const {certificate, key} = await newPairFor('mail.example.com');
	await writeTls(host, 'mail.crt', certificate);
	await writeTls(host, 'mail.key', key, 0o600);
	const settings = ['smtpd_tls_cert_file=/etc/tls/mail.crt', 'smtpd_tls_key_file=/etc/tls/mail.key', 'smtpd_tls_security_level=may'];
	await host.run(['postconf', '-e', 'inet_interfaces=loopback-only', ...settings]);
	await writeFile(host.at('/etc/dovecot/local.conf'), 'ssl_cert = </etc/tls/mail.crt\nssl_key = </etc/tls/mail.key\nlisten = 127.0.0.1\n');
	const started = await host.run(['systemctl', 'start', 'postfix@-', 'dovecot']);
	t.is(started.exitCode, 0, started.stderr);
	await makePair(host, 'mail.example.com');
	await useTarget(host, 'postfix');
	const smtp = await assertInstalled(t, host, 'postfix', async () => served(host, 25, '-starttls', 'smtp'));
	t.is(smtp.outageMilliseconds, 0);
	await useTarget(host, 'dovecot');
	const imap = await assertInstalled(t, host, 'dovecot', async () => served(host, 143, '-starttls', 'imap'));
	t.is(imap.outageMilliseconds, 0, 'the same files, which Dovecot had not read again');
	t.is(await served(host, 110, '-starttls', 'pop3'), await fingerprint(host, '/root/new.crt'));
	const again = await install(host, 'dovecot');
	t.deepEqual([again.outcome, again.exitCode], ['nothing-to-do', 0], 'what is served already');
});

/** openssl as a TLS server with a file for each part, as a user that reads the key by its group. */
const serverUnit = `[Service]
User=www-data
SupplementaryGroups=ssl-cert
ExecStart=openssl s_server -accept 127.0.0.1:9444 -cert /etc/tls/leaf.crt -key /etc/tls/leaf.key -cert_chain /etc/tls/chain.crt -www
`;

const target = {
	unit: 'divided.service',
	files: {
		certificate: '/etc/tls/leaf.crt',
		key: {path: '/etc/tls/leaf.key', owner: 'root', group: 'ssl-cert', mode: '0640'},
		chain: {path: '/etc/tls/chain.crt', mode: '0444'},
	},
	apply: 'restart',
	probes: [{port: 9444, name: 'www.example.com'}],
	settle: 300,
};

testWith('debootstrap').serial('the chain goes to a file of its own, and owner and mode are as the target says', async t => {
	const host = await theHost();
	await host.run(['groupadd', '-f', 'ssl-cert']);
	await mkdir(host.at('/etc/tanos/targets.d'), {recursive: true});
	await writeFile(host.at('/etc/tanos/targets.d/divided.json'), JSON.stringify(target), {mode: 0o644});
	await writeFile(host.at('/etc/systemd/system/divided.service'), serverUnit);
	await host.run(['systemctl', 'daemon-reload']);
	await makeChainedPair(host);
	await host.run(['sh', '-c', 'cd /root && cp leaf.crt leaf.key /etc/tls/ && cp ca.crt /etc/tls/chain.crt && chmod 644 /etc/tls/leaf.key']);
	t.is((await host.run(['systemctl', 'start', 'divided'])).exitCode, 0);

	await makeChainedPair(host);
	await assertInstalled(t, host, 'divided', async () => served(host, 9444));
	t.is(await attributes(), 'root:ssl-cert 640 root:root 444 root:root 644');
	t.is(await readFile(host.at('/etc/tls/chain.crt'), 'utf8'), await readFile(host.at('/root/ca.crt'), 'utf8'));
	const {stdout} = await host.run(['sh', '-c', 'openssl s_client -connect 127.0.0.1:9444 -showcerts | grep -c BEGIN']);
	t.is(stdout, '2', 'the leaf and its chain are presented');

	await host.run(['chown', 'root:www-data', '/etc/tls/leaf.key']);
	await writeFile(host.at('/etc/tanos/targets.d/divided.json'), JSON.stringify(target).replace('0640', '0600'), {mode: 0o644});
	const good = await served(host, 9444);
	await makeChainedPair(host);
	const {outcome, told} = await install(host, 'divided');
	t.is(outcome, 'rolled-back', told.join('\n'));
	t.is(await served(host, 9444), good);
	t.is(await attributes(), 'root:www-data 640 root:root 444 root:root 644', 'a rollback brings owner and mode back as well');

	async function attributes(): Promise<string> {
		const files = ['leaf.key', 'chain.crt', 'leaf.crt'].map(name => `/etc/tls/${name}`);
		return (await host.run(['stat', '-c', '%U:%G %a', ...files])).stdout.replaceAll('\n', ' ');
	}
});

testWith('debootstrap').serial('what cannot be written so is refused', async t => {
	const host = await theHost();
	await makePair(host, 'www.example.com');
	t.regex((await install(host, 'divided')).outcome, /comes without one/);
	for (const [from, to, expected] of [
		['"ssl-cert"', '"nobody-here"', /There is no group nobody-here/],
		['0640', '0644', /files\.key\.mode must be/],
		['0640', '4640', /files\.key\.mode must be/],
		['0444', '0044', /files\.chain\.mode must be/],
	] as const) {
		await writeFile(host.at('/etc/tanos/targets.d/divided.json'), JSON.stringify(target).replace(from, to), {mode: 0o644});
		t.regex((await install(host, 'divided')).outcome, expected);
	}
});

/** A pair in /root/new.crt with the certificate of its CA behind it, also as leaf.crt, ca.crt and leaf.key. */
async function makeChainedPair(host: Awaited<ReturnType<typeof theHost>>): Promise<void> {
	const script = `set -e; cd /root
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj "/CN=CA of $(date +%N)" -days 90 \\
	-addext keyUsage=critical,keyCertSign
printf '%s\\n' subjectAltName=DNS:www.example.com basicConstraints=critical,CA:FALSE keyUsage=digitalSignature \\
	extendedKeyUsage=serverAuth >ext
openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=www.example.com
openssl x509 -req -in leaf.csr -CA ca.crt -CAkey ca.key -days 80 -out leaf.crt -extfile ext
cat leaf.crt ca.crt > new.crt; cp leaf.key new.key`;
	const {exitCode, stderr} = await host.run(['sh', '-c', script]);
	if (exitCode !== 0) {
		throw new Error(stderr);
	}
}
