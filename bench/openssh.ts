// OpenSSH's own server beside ours: on loopback, with a host key and an account of its own, for as long as a benchmark runs.
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import path from 'node:path';
import {execa} from 'execa';
import {freePorts} from '../test/helpers/ports.js';

/** A server that both can be asked the same: the words of an OpenSSH client that lead there. */
export type Host = {options: string[]; target: string};

export type OpenSsh = Host & {pid: number; stop(): Promise<void>};

/** Starts sshd with its files in this folder. `key` is the client's, whose public half lies beside it. */
export async function startOpenSsh(folder: string, key: string): Promise<OpenSsh> {
	const [port = 0] = await freePorts(1);
	await mkdir('/run/sshd', {recursive: true}); // Debian's sshd does not start without it.
	await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, 'host_key')]);
	await writeFile(
		path.join(folder, 'sshd_config'),
		[
			`Port ${port}`,
			'ListenAddress 127.0.0.1',
			`HostKey ${folder}/host_key`,
			`AuthorizedKeysFile ${key}.pub`,
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
	const {nodeChildProcess: server} = execa('/usr/sbin/sshd', ['-D', '-f', path.join(folder, 'sshd_config')], {
		reject: false,
		stdin: 'ignore',
	});
	await untilListening(port, server);
	return {
		...hostAt(port, 'root', key),
		pid: server.pid!,
		async stop() {
			const ended = once(server, 'exit');
			server.kill('SIGTERM');
			await ended;
		},
	};
}

/** The words that lead to a server on this machine with this key; whatever host key it shows is taken. */
export function hostAt(port: number, user: string, key: string): Host {
	const settings = [
		'BatchMode=yes',
		'StrictHostKeyChecking=no',
		'UserKnownHostsFile=/dev/null',
		`IdentityFile=${key}`,
		'IdentitiesOnly=yes',
		'LogLevel=ERROR',
		`Port=${port}`,
	];
	return {options: ['-F', 'none', ...settings.flatMap(setting => ['-o', setting])], target: `${user}@127.0.0.1`};
}

async function untilListening(port: number, server: ChildProcess): Promise<void> {
	while (server.pid !== undefined && server.exitCode === null) {
		const socket = connect(port, '127.0.0.1');
		try {
			await once(socket, 'connect');
			return;
		} catch {
			await new Promise(setImmediate);
		} finally {
			socket.destroy();
		}
	}

	throw new Error('sshd does not start: apt-get install openssh-server');
}
