import {randomBytes} from 'node:crypto';
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {execa} from 'execa';
import {packageRoot} from '../../src/services/package-root.js';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {authorize, makeAppliance, type Appliance} from '../support/appliance.js';
import {hostAt, makeKeyPair, startOpenSsh, type Host} from '../support/openssh.js';
import {Output} from '../support/output.js';

const rounds = 5;
const ciphers = {aes256: 'aes256-gcm@openssh.com', aes128: 'aes128-gcm@openssh.com'};
const large = 200 * 1024 * 1024;
const small = {count: 2000, size: 4096};

/** A server, and its folder for the copies, by its path on the server and on this machine. */
type Place = Host & {remote: string; folder: string};

/** What is copied, as a command of sftp, and the most time it may take, as a multiple of the peer's. */
type Copy = {what: string; atMost: number; command: (remote: string) => string};

const copies: readonly Copy[] = [
	{what: '200 MB up', atMost: 1.5, command: remote => `put large ${remote}/large`},
	{what: '200 MB down', atMost: 1.5, command: remote => `get ${remote}/large back`},
	{what: '2,000 small files', atMost: 2, command: remote => `put small/* ${remote}/small/`},
];

export async function* measure(folder: string): AsyncGenerator<Figure> {
	const key = await makeKeyPair(path.join(folder, 'id'));
	await makeFiles(folder);
	const appliance = await makeAppliance(folder);
	await authorize(appliance, key.publicKey, ['tancopy']);
	const port = await startServer(appliance);
	const [there, sshd] = [path.join(folder, 'there'), await startOpenSsh(folder, key)];
	const peer: Place = {...sshd, remote: there, folder: there};
	const tanos: Place = {...hostAt(port, 'tancopy', key), remote: '/incoming', folder: appliance.layout.incoming};
	for (const [name, cipher] of Object.entries(ciphers)) {
		for (const {what, atMost, command} of copies) {
			const time = (place: Place) => async () => timeOf(folder, place, cipher, command(place.remote));
			const [ours, theirs] = await inTurn(rounds, time(tanos), time(peer));
			const aim = ratioAim('at most', atMost);
			yield figureOf({what: `${what}, ${name}`, unit: 's', tanos: median(ours) / 1000, peer: median(theirs) / 1000, aim});
		}

		await assertArrived(folder, tanos);
	}
}

async function makeFiles(folder: string): Promise<void> {
	await mkdir(path.join(folder, 'small'));
	await mkdir(path.join(folder, 'there', 'small'), {recursive: true});
	await writeFile(path.join(folder, 'large'), randomBytes(large));
	for (let index = 0; index < small.count; index++) {
		await writeFile(path.join(folder, 'small', `file-${index}`), randomBytes(small.size));
	}
}

/** Starts the appliance's server with a quota that the copies fit into, and resolves with its port. */
async function startServer({layout}: Appliance): Promise<number> {
	await mkdir(path.join(layout.incoming, 'small'));
	const program = path.join(packageRoot(), 'dist', 'bench', 'support', 'large-quota-server.js');
	const words = [program, layout.root, String(4 * large), String(2 * small.count)];
	const server = execa(process.execPath, words, {reject: false, stdin: 'ignore'});
	const output = new Output();
	let port = '';
	server.stdout.on('data', (part: Buffer) => {
		port += String(part);
		output.add(String(part));
	});
	void server.then(({shortMessage, stderr}) => {
		output.end(`the server ended: ${shortMessage ?? ''} ${stderr}`);
	});
	await output.seen('\n');
	return Number(port);
}

async function timeOf(folder: string, {options, target}: Host, cipher: string, command: string): Promise<number> {
	const started = performance.now();
	const words = [...options, '-o', 'KexAlgorithms=curve25519-sha256', '-c', cipher, '-b', '-', target];
	await execa('sftp', words, {cwd: folder, input: `${command}\n`});
	return performance.now() - started;
}

/** Verifies that the copies are complete: an incomplete copy would look fast. */
async function assertArrived(sent: string, {folder}: Place): Promise<void> {
	const names = ['large', ...(await readdir(path.join(sent, 'small'))).map(name => path.join('small', name))];
	for (const name of names) {
		const [here, there] = [await readFile(path.join(sent, name)), await readFile(path.join(folder, name))];
		if (!here.equals(there)) {
			throw new Error(`${name} differs from the file that was sent.`);
		}
	}
}
