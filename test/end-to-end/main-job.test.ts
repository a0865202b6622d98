// The main job with tools that nobody here wrote: openssl makes the certificate, OpenSSH uploads it, a tape drives the
// console, openssl and curl look at what is served.
import {on, once} from 'node:events';
import {readFile, rename, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {makeAppliance, playTape, tanosFile, type Appliance} from '../helpers/appliance.js';
import {fingerprint, issue, makeCa, opensslIn, presented} from '../helpers/enterprise-ca.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

/** Runs `tanos serve` in the foreground, as an operator would. Resolves with what it says until it serves. */
async function serve(t: ExecutionContext, {root}: Appliance): Promise<string> {
	const {nodeChildProcess: server} = execa(process.execPath, [tanosFile, 'serve', '--root', root], {reject: false, stdin: 'ignore'});
	const ended = once(server, 'exit');
	t.teardown(async () => {
		server.kill('SIGTERM');
		await ended;
	});
	let said = '';
	for await (const [part] of on(server.stdout!, 'data', {close: ['end']})) {
		said += String(part);
		if (said.includes('SHA256:')) {
			break;
		}
	}

	return said;
}

async function sftp({workFolder, ports}: Appliance, batch: string): Promise<string> {
	const options = [
		'-i',
		'id',
		'-P',
		String(ports.ssh),
		'-oStrictHostKeyChecking=yes',
		'-oUserKnownHostsFile=known_hosts',
		'-oIdentitiesOnly=yes',
	];
	const {stdout} = await execa('sftp', [...options, '-b', '-', 'tancopy@127.0.0.1'], {cwd: workFolder, input: batch});
	return stdout;
}

testWith(
	'openssl',
	'ssh',
	'sftp',
	'ssh-keygen',
	'curl',
)('a certificate from a CA is uploaded, installed and served, and the old pair can be fetched back', async t => {
	const folder = await temporaryFolder(t);
	await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, 'id')]);
	const appliance = await makeAppliance(t, ['--authorized-key', path.join(folder, 'id.pub')]);
	const {workFolder, layout, ports, passwords} = appliance;
	await rename(path.join(folder, 'id'), path.join(workFolder, 'id'));
	const old = await fingerprint(workFolder, layout.soapCertificate);

	const said = await serve(t, appliance);
	await writeFile(path.join(workFolder, 'known_hosts'), `[127.0.0.1]:${ports.ssh} ${await readFile(`${layout.hostKey}.pub`, 'utf8')}`);
	const {stdout: hostKey} = await execa('ssh-keygen', ['-lf', `${layout.hostKey}.pub`]);
	t.true(said.includes(hostKey.split(' ')[1]!), "the fingerprint that serve prints is the host key's");

	const ca = await makeCa(workFolder);
	await issue(workFolder);
	await sftp(appliance, 'put SOAPServer.crt /incoming/\nput SOAPServer.key /incoming/\n');
	const {exitCode} = await playTape(appliance, 'main-job');
	t.is(exitCode, 0);

	const fresh = await fingerprint(workFolder, 'SOAPServer.crt');
	t.deepEqual(await presented(workFolder, ports.console, ca), {fingerprint: fresh, verdict: '0 (ok)'});
	await writeFile(path.join(workFolder, 'signin.json'), JSON.stringify({username: 'tanium', password: passwords.tanium}));
	const {stdout: session} = await execa(
		'curl',
		['-s', '--cacert', ca, '-X', 'POST', '--data-binary', '@signin.json', `https://localhost:${ports.console}/api/v2/session/login`],
		{cwd: workFolder},
	);
	t.regex(session, /^\{"data":\{"session":"[\w-]{20,}"\}\}$/);

	const listing = await sftp(appliance, 'ls -1 /incoming\nls -1 /outgoing\nget /outgoing/* .\n');
	const backup = /ts1\.example\.com-\d{8}-\d{6}-SOAPServer/.exec(listing)?.[0];
	t.is(await fingerprint(workFolder, `${backup}.crt`), old);
	const publicKeys = [
		await opensslIn(workFolder, `pkey -in ${backup}.key -pubout`),
		await opensslIn(workFolder, `x509 -in ${backup}.crt -noout -pubkey`),
	];
	t.is(publicKeys[0], publicKeys[1], 'the backed up key belongs to the backed up certificate');
	t.notRegex(listing, /^\/incoming\/./m, 'nothing is left in /incoming');
});

test('serve refuses a port that is taken, and ends on SIGTERM', async t => {
	const appliance = await makeAppliance(t);
	await serve(t, appliance);
	const second = await execa(process.execPath, [tanosFile, 'serve', '--root', appliance.root], {reject: false, stdin: 'ignore'});
	t.is(second.exitCode, 1);
	t.regex(second.stderr, new RegExp(`${appliance.ports.ssh}`));
});
