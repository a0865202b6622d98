// What copying files costs: beside OpenSSH's internal-sftp on the same machine, with OpenSSH's sftp as the client of both.
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {execa} from 'execa';
import {readAccounts, writeAccounts} from '../src/appliance/users/accounts.js';
import {packageRoot} from '../src/services/package-root.js';
import {inTurn, median, type Figure} from './figures.js';
import {hostAt, startOpenSsh, type Host} from './openssh.js';
import type {Sandbox} from './sandbox.js';

const rounds = 5;
const ciphers = ['aes128-gcm@openssh.com', 'aes128-ctr'];
const large = 200 * 1024 * 1024;
const small = {count: 2000, size: 4096};

/** A server, and the folder there that is written to, as the server names it and as this machine does. */
type Place = Host & {remote: string; folder: string};

export async function sftpFigures(sandbox: Sandbox): Promise<Figure[]> {
	const desk = await mkdtemp(path.join(os.tmpdir(), 'tanos-bench-sftp-'));
	const key = path.join(desk, 'id');
	await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
	await makeFiles(desk);
	const peer = await startOpenSsh(desk, key);
	const server = await serveTo(sandbox, key);
	try {
		const ours = {...hostAt(server.port, 'tancopy', key), remote: '/incoming', folder: sandbox.layout.incoming};
		const theirs = {...peer, remote: path.join(desk, 'there'), folder: path.join(desk, 'there')};
		return await figuresOf(desk, ours, theirs);
	} finally {
		await server.stop();
		await peer.stop();
		await rm(desk, {recursive: true, force: true});
	}
}

async function makeFiles(desk: string): Promise<void> {
	for (const folder of ['small', 'there', 'there/small']) {
		await mkdir(path.join(desk, folder));
	}

	await writeFile(path.join(desk, 'large'), randomBytes(large));
	for (let index = 0; index < small.count; index++) {
		await writeFile(path.join(desk, 'small', `file-${index}`), randomBytes(small.size));
	}
}

type Server = {port: number; stop(): Promise<void>};

/** Serves with room for what is copied, in a process and on a port of its own. */
async function serveTo({layout}: Sandbox, key: string): Promise<Server> {
	const accounts = await readAccounts(layout.accounts);
	await writeAccounts(layout.accounts, {
		...accounts,
		tancopy: {...accounts['tancopy']!, authorizedKeys: [await readFile(`${key}.pub`, 'utf8')]},
	});
	await mkdir(path.join(layout.incoming, 'small'));
	const program = path.join(packageRoot(), 'dist', 'bench', 'roomy-server.js');
	const {nodeChildProcess: server} = execa(process.execPath, [program, layout.root, String(4 * large), String(2 * small.count)], {
		reject: false,
		stdin: 'ignore',
	});
	const ended = once(server, 'exit');
	const [port] = await once(server.stdout!, 'data');
	return {
		port: Number(port),
		async stop() {
			server.kill('SIGTERM');
			await ended;
		},
	};
}

async function figuresOf(desk: string, ours: Place, theirs: Place): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const cipher of ciphers) {
		const compare = async (name: string, aim: number, line: (remote: string) => string) => {
			const [here, there] = await inTurn(
				rounds,
				...([ours, theirs].map(place => async () => timeOf(desk, place, cipher, line(place.remote))) as [Run, Run]),
			);
			const ratio = median(here) / median(there);
			const value = `${inSeconds(here)} / ${inSeconds(there)} = ${ratio.toFixed(2)}`;
			figures.push({name: `sftp: ${name} / the same with sshd, ${cipher.split(/[-@]/)[0]}`, value, aim: `at most ${aim}`});
		};

		await compare('200 MB up', 0.5, remote => `put large ${remote}/large`);
		await compare('200 MB down', 0.9, remote => `get ${remote}/large back`);
		await compare('2000 files of 4 KB up', 0.9, remote => `put small/* ${remote}/small/`);
		await mustHaveArrived(desk, ours);
	}

	return figures;
}

type Run = () => Promise<number>;

async function timeOf(desk: string, {options, target}: Host, cipher: string, line: string): Promise<number> {
	const started = performance.now();
	await execa('sftp', [...options, '-o', 'KexAlgorithms=curve25519-sha256', '-c', cipher, '-b', '-', target], {
		cwd: desk,
		input: `${line}\n`,
	});
	return performance.now() - started;
}

function inSeconds(times: readonly number[]): string {
	return `${(median(times) / 1000).toFixed(2)} s`;
}

/** A fast copy that is no copy would be worth nothing. */
async function mustHaveArrived(desk: string, {folder}: Place): Promise<void> {
	const names = ['large', ...(await readdir(path.join(desk, 'small'))).map(name => path.join('small', name))];
	for (const name of names) {
		const [sent, arrived] = [await readFile(path.join(desk, name)), await readFile(path.join(folder, name))];
		if (!sent.equals(arrived)) {
			throw new Error(`${name} did not arrive as it was sent`);
		}
	}
}
