// OpenSSH's server in front of an appliance, as on a Linux host: accounts with passwords of that host, PAM, the console as a forced
// command, and SFTP in a chroot. It sees an /etc, a /srv and a /var/log of its own, so nothing of this machine is changed.
import {spawn} from 'node:child_process';
import {appendFile, copyFile, cp, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {newKey, untilSaid} from '../ssh-client/sshd.js';
import {tanosFile, type Appliance} from './appliance.js';
import {freePorts} from './ports.js';
import {fileOf} from './programs.js';
import {temporaryFolder} from './sandbox.js';

export type Openssh = {
	port: number;
	/** The file of the host's public key. */
	hostKey: string;
	/** The private key that tanadmin may use. */
	identity: string;
	/** What sshd has logged so far. */
	log(): string;
};

export type OpensshOptions = {
	/** AuthenticationMethods of tanadmin. */
	methods?: string;
	/** What tanadmin gets; `%s` is the command of the console. */
	command?: string;
	/** Modules of PAM that ask tanadmin something after the password. */
	pam?: readonly string[];
	/** Whether tanadmin must change its password at the next sign-in. */
	isExpired?: boolean;
	/** Whether sshd passes the variable on that asks the console for ready marks. */
	marks?: boolean;
};

/** Needs testWith('sshd', 'mount', 'openssl'). */
export async function startOpenssh(t: ExecutionContext, appliance: Appliance, options: OpensshOptions = {}): Promise<Openssh> {
	const folder = await temporaryFolder(t);
	const etc = path.join(folder, 'etc');
	await cp('/etc', etc, {recursive: true, verbatimSymlinks: true});
	await addAccounts(etc, appliance, options);
	const identity = path.join(folder, 'id');
	const hostKey = path.join(folder, 'host');
	await newKey(identity);
	await newKey(hostKey);
	await copyFile(`${identity}.pub`, path.join(folder, 'authorized_keys'));
	const [port = 0] = await freePorts(1);
	const config = path.join(folder, 'sshd_config');
	await writeFile(config, configFor(appliance, {port, folder, ...options}));
	await mkdir('/run/sshd', {recursive: true, mode: 0o755}); // Where sshd locks itself in; the service would make it.
	const script = [
		'set -e',
		'mount --bind "$1" /etc',
		'mount -t tmpfs tmpfs /srv',
		'mount -t tmpfs tmpfs /var/log',
		'chmod 755 /srv',
		'mkdir /srv/incoming',
		'mount --bind "$2" /srv/incoming',
		'exec "$3" -D -e -f "$4"',
	].join('\n');
	const words = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', etc, appliance.layout.incoming, fileOf('sshd'), config];
	const child = spawn('unshare', words, {stdio: ['ignore', 'ignore', 'pipe']});
	return {port, hostKey: `${hostKey}.pub`, identity, log: await untilSaid(t, child, child.stderr, /Server listening/)};
}

/** Both have the user id of who runs this, whose the appliance is. */
async function addAccounts(etc: string, {passwords}: Appliance, {pam = [], isExpired = false}: OpensshOptions): Promise<void> {
	const id = `${process.getuid?.()}:${process.getgid?.()}`;
	for (const name of ['tanadmin', 'tancopy'] as const) {
		const {stdout: hash} = await execa('openssl', ['passwd', '-6', '-stdin'], {input: passwords[name]});
		const changed = isExpired && name === 'tanadmin' ? 0 : 20_000;
		await appendFile(path.join(etc, 'passwd'), `${name}:x:${id}::/:/bin/sh\n`);
		await appendFile(path.join(etc, 'shadow'), `${name}:${hash}:${changed}:0:99999:7:::\n`);
	}

	const modules = pam.flatMap(module => [
		'auth [success=1 default=ignore] pam_succeed_if.so quiet user = tancopy',
		`auth required ${module}`,
	]);
	const rules = [
		'auth required pam_unix.so',
		...modules,
		'auth required pam_permit.so',
		'account required pam_unix.so',
		'password required pam_unix.so',
	];
	await writeFile(path.join(etc, 'pam.d', 'sshd'), [...rules, 'session required pam_permit.so', ''].join('\n'));
}

function configFor(
	{root}: Appliance,
	{port, folder, methods, command = '%s', marks = true}: OpensshOptions & {port: number; folder: string},
): string {
	return [
		`Port ${port}`,
		'ListenAddress 127.0.0.1',
		`HostKey ${path.join(folder, 'host')}`,
		`AuthorizedKeysFile ${path.join(folder, 'authorized_keys')}`,
		'StrictModes no',
		'PidFile none',
		'PrintLastLog no',
		'UsePAM yes',
		'PermitRootLogin yes',
		'PasswordAuthentication yes',
		'KbdInteractiveAuthentication yes',
		'LogLevel VERBOSE',
		...(marks ? ['AcceptEnv TANOS_READY_MARK'] : []),
		'Subsystem sftp internal-sftp',
		'Match User tancopy',
		'AuthenticationMethods password',
		'ChrootDirectory /srv',
		'ForceCommand internal-sftp -u 0077',
		'Match User tanadmin',
		...(methods === undefined ? [] : [`AuthenticationMethods ${methods}`]),
		`ForceCommand ${command.replace('%s', `${process.execPath} ${tanosFile} --root ${root}`)}`,
		'',
	].join('\n');
}
