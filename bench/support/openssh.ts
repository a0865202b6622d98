// OpenSSH as the client of both servers, and its sshd as the peer: on loopback, with a new host key.
import {once} from 'node:events';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {execa} from 'execa';
import {freePorts} from '../../test/helpers/ports.js';
import {findProgram} from '../programs.js';

/** The arguments that an OpenSSH client needs to reach a server. */
export type Host = {options: string[]; target: string};

export type KeyPair = {/** The file of the private key. */ file: string; publicKey: string};

/** How long sshd may take to listen, in milliseconds. */
const startMs = 10_000;

/** Creates an ed25519 key without a passphrase. */
export async function makeKeyPair(file: string): Promise<KeyPair> {
	await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
	return {file, publicKey: await readFile(`${file}.pub`, 'utf8')};
}

/** Starts sshd with its files in this folder; the owner of the key signs in as the user who runs this. Rejects when it does not start. */
export async function startOpenSsh(folder: string, key: KeyPair): Promise<Host & {pid: number}> {
	const [port = 0] = await freePorts(1);
	const {file: hostKey} = await makeKeyPair(path.join(folder, 'host_key'));
	const {uid, username} = os.userInfo();
	if (uid === 0) {
		await mkdir('/run/sshd', {recursive: true}); // Debian's sshd does not start without it. It stays, as other servers may use it.
	}

	const config = path.join(folder, 'sshd_config');
	await writeFile(
		config,
		[
			`Port ${port}`,
			'ListenAddress 127.0.0.1',
			`HostKey ${hostKey}`,
			`AuthorizedKeysFile ${key.file}.pub`,
			'PidFile none',
			'UsePAM no',
			'StrictModes no',
			'PermitRootLogin prohibit-password',
			'MaxStartups 200',
			'PerSourceMaxStartups none',
			'Subsystem sftp internal-sftp',
			'',
		].join('\n'),
	);
	const server = execa(findProgram('sshd')!, ['-D', '-e', '-f', config], {reject: false, stdin: 'ignore'});
	await Promise.race([
		untilListening(port),
		server.then(({stderr, shortMessage}) => {
			throw new Error(`sshd ended before it listened: ${stderr || shortMessage}`);
		}),
	]);
	return {...hostAt(port, username, key), pid: server.pid!};
}

/** A server on this machine and the key to sign in with. Any host key is accepted. */
export function hostAt(port: number, user: string, {file}: KeyPair): Host {
	const settings = [
		'BatchMode=yes',
		'StrictHostKeyChecking=no',
		'UserKnownHostsFile=/dev/null',
		`IdentityFile=${file}`,
		'IdentitiesOnly=yes',
		'IdentityAgent=none',
		'LogLevel=ERROR',
		`Port=${port}`,
	];
	return {options: ['-F', 'none', ...settings.flatMap(setting => ['-o', setting])], target: `${user}@127.0.0.1`};
}

async function untilListening(port: number): Promise<void> {
	const deadline = performance.now() + startMs;
	while (performance.now() < deadline) {
		const socket = connect(port, '127.0.0.1');
		try {
			await once(socket, 'connect');
			return;
		} catch {
			await delay(10);
		} finally {
			socket.destroy();
		}
	}

	throw new Error(`sshd does not listen on 127.0.0.1:${port} after ${startMs / 1000} s`);
}
