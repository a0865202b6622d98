// The appliance of the campaign, made and used by the command only, and two pairs that OpenSSL made.
import {spawn, type ChildProcess} from 'node:child_process';
import {copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {layoutOf, type Layout} from '../../src/appliance/layout.js';
import {tanosFile} from '../helpers/appliance.js';
import {openssl} from '../helpers/openssl.js';

/** How long a started service must stay up before it counts as running, in milliseconds; short, so that a round is short. */
const settleMs = 100;
const hostname = 'ts1.example.com';
const names = ['SOAPServer.key', 'SOAPServer.crt'] as const;

export class Site implements AsyncDisposable {
	readonly layout: Layout;
	/** The folder of the pair that was installed before the round, and the folder of the pair that was uploaded. */
	old: string;
	uploaded: string;

	constructor(
		private readonly folder: string,
		readonly port: number,
	) {
		this.layout = layoutOf(path.join(folder, 'appliance'));
		[this.old, this.uploaded] = [path.join(folder, 'one'), path.join(folder, 'two')];
	}

	/** Runs `tanos WORDS`. */
	start(...words: string[]): ChildProcess {
		const child = spawn(process.execPath, [tanosFile, ...words, '--root', this.layout.root], {stdio: ['pipe', 'pipe', 'pipe']});
		child.stdin?.on('error', () => undefined).end('yes\nyes\n');
		return child;
	}

	/** Runs `tanos WORDS` to its end. */
	async run(...words: string[]) {
		return execa(process.execPath, [tanosFile, ...words, '--root', this.layout.root], {reject: false, input: 'yes\nyes\n'});
	}

	/** Uploads the pair that is not installed. */
	async upload(): Promise<void> {
		if (await this.isNewInstalled()) {
			[this.old, this.uploaded] = [this.uploaded, this.old];
		}

		await copyPair(this.uploaded, this.layout.incoming);
	}

	/** Whether the certificate in place is that of the uploaded pair. */
	async isNewInstalled(): Promise<boolean> {
		return (await readFile(this.layout.soapCertificate)).equals(await readFile(path.join(this.uploaded, 'SOAPServer.crt')));
	}

	/** How long an undisturbed installation takes, in milliseconds. */
	async measureInstallation(): Promise<number> {
		await this.upload();
		const began = performance.now();
		const {exitCode, stdout, stderr} = await this.run('soap', 'install');
		if (exitCode !== 0) {
			throw new Error(`An undisturbed installation failed:\n${stdout}\n${stderr}`);
		}

		return Math.ceil(performance.now() - began);
	}

	/** The processes of the appliance: those that were started with its folder as an argument. */
	async processes(): Promise<number[]> {
		const pids = (await readdir('/proc')).map(Number).filter(pid => Number.isInteger(pid) && pid !== process.pid);
		const found = await Promise.all(
			pids.map(async pid => {
				const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
				return words.split('\0').includes(this.layout.root) ? [pid] : [];
			}),
		);
		return found.flat();
	}

	/** After a bad end: a known pair in place, nothing interrupted, and the services started. */
	async repair(): Promise<void> {
		await Promise.all([this.layout.journal, this.layout.staging].map(async file => rm(file, {recursive: true, force: true})));
		await copyPair(this.old, this.layout.taniumServer);
		await this.run('appliance', 'stop');
		await this.run('appliance', 'start');
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.run('appliance', 'stop');
		await rm(this.folder, {recursive: true, force: true});
	}
}

/** Makes and starts the appliance, with the first of the two pairs installed. */
export async function makeSite(): Promise<Site> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-kill-'));
	const root = path.join(folder, 'appliance');
	const {stdout} = await execa(process.execPath, [tanosFile, 'appliance', 'create', '--name', hostname, '--json', '--root', root]);
	const {ports} = JSON.parse(stdout) as {ports: {console: number}};
	const site = new Site(folder, ports.console);
	await Promise.all([site.old, site.uploaded].map(makePair));
	const identity = JSON.parse(await readFile(site.layout.identity, 'utf8')) as object;
	await writeFile(site.layout.identity, JSON.stringify({...identity, settle: settleMs}));
	await copyPair(site.old, site.layout.taniumServer);
	await site.run('service', 'restart', 'taniumserver');
	return site;
}

async function makePair(folder: string): Promise<void> {
	await mkdir(folder);
	const [key, certificate] = names.map(name => path.join(folder, name)) as [string, string];
	const extensions = [
		`subjectAltName=DNS:${hostname}`,
		'extendedKeyUsage=serverAuth,clientAuth',
		'keyUsage=critical,digitalSignature,keyEncipherment',
		'basicConstraints=critical,CA:FALSE',
	];
	const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '300', '-subj', `/CN=${hostname}`];
	await openssl(...request, ...extensions.flatMap(extension => ['-addext', extension]), '-keyout', key, '-out', certificate);
}

async function copyPair(from: string, to: string): Promise<void> {
	for (const name of names) {
		await copyFile(path.join(from, name), path.join(to, name));
	}
}
