// An appliance as its users get it: made by the command, opened by the command, and stopped when the test ends.
import {once} from 'node:events';
import {watch} from 'node:fs';
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {readAccounts, writeAccounts} from '../../src/appliance/users/accounts.js';
import {layoutOf, type Layout} from '../../src/appliance/layout.js';
import {play, type Playback, type TerminalOptions} from '../../src/replay/play.js';
import {parseTape} from '../../src/replay/tape.js';
import {packageRoot} from '../../src/services/package-root.js';
import {makeSshKey} from './ssh-key.js';

export const tanosFile = path.join(packageRoot(), 'bin', 'tanos.js');

type Made = {
	root: string;
	name: string;
	role: string;
	/** By default 127.0.0.1. */
	address?: string;
	ports: {console: number; moduleServer: number; ssh: number};
	passwords: {tanadmin: string; tanuser: string; tancopy: string; tanium: string};
};

export type Appliance = Made & {
	layout: Layout;
	/** A folder for the test's own files. */
	workFolder: string;
};

/** Runs the `tanos` command. Never rejects for its exit code. */
export async function tanos(words: readonly string[], options: {env?: Record<string, string>; input?: string} = {}) {
	return execa(process.execPath, [tanosFile, ...words], {reject: false, input: '', ...options});
}

/** Makes an appliance with `tanos appliance create`, and a folder for the test's files, in `folder`. */
export async function makeAppliance(
	t: Pick<ExecutionContext, 'teardown'>,
	words: readonly string[] = [],
	folder = os.tmpdir(),
): Promise<Appliance> {
	const workFolder = await mkdtemp(path.join(folder, 'tanos-desk-'));
	const root = path.join(workFolder, 'appliance');
	const {stdout, stderr, exitCode} = await tanos(['appliance', 'create', '--root', root, '--json', ...words]);
	if (exitCode !== 0) {
		throw new Error(stderr);
	}

	t.teardown(async () => {
		await tanos(['appliance', 'stop', '--root', root]);
		await rm(workFolder, {recursive: true, force: true});
	});
	return {...(JSON.parse(stdout) as Made), layout: layoutOf(root), workFolder};
}

/** Puts files of a folder into /incoming: the pair, unless others are named. */
export async function putIncoming({layout}: Appliance, folder: string, files = ['SOAPServer.crt', 'SOAPServer.key']): Promise<void> {
	for (const name of files) {
		await copyFile(path.join(folder, name), path.join(layout.incoming, name));
	}
}

/** Resolves when the audit log has an event of this name. The log need not exist yet: its folder is watched. */
export async function untilAudited({layout}: Pick<Appliance, 'layout'>, event: string): Promise<void> {
	await mkdir(path.dirname(layout.audit), {recursive: true, mode: 0o700});
	const folder = watch(path.dirname(layout.audit));
	let changed = once(folder, 'change');
	while (!(await readFile(layout.audit, 'utf8').catch(() => '')).includes(`"event":"${event}"`)) {
		await changed;
		changed = once(folder, 'change');
	}

	folder.close();
}

/** How a console is reached: on this machine, or with OpenSSH's client. */
export type Transport = 'local' | 'ssh';

type TapeOptions = Omit<TerminalOptions, 'variables'> & {transport?: Transport};

/** The lines with which a tape signs in at the console: nobody is asked for them who came over SSH. */
const signingIn = /^Type "(tanadmin|tanuser)" Enter\nType "\$\{\w+\}" Enter\n/m;

/** Plays a tape of test/tapes against the appliance's console. */
export async function playTape(appliance: Appliance, name: string, {transport = 'local', ...options}: TapeOptions = {}): Promise<Playback> {
	const text = await readFile(path.join(packageRoot(), 'test', 'tapes', `${name}.tape`), 'utf8');
	const way =
		transport === 'local'
			? {command: process.execPath, arguments: [tanosFile, '--root', appliance.root]}
			: await overSsh(appliance, signingIn.exec(text)![1]!);
	return play(parseTape(transport === 'local' ? text : text.replace(signingIn, ''), `${name}.tape`), {
		...way,
		variables: {
			TANADMIN: appliance.passwords.tanadmin,
			TANUSER: appliance.passwords.tanuser,
			TANIUM: appliance.passwords.tanium,
		},
		...options,
	});
}

/** OpenSSH's client with a key of its own (`operator` on the desk), and the appliance's server for it. */
export async function overSsh({root, workFolder, layout, ports, address = '127.0.0.1'}: Appliance, user: string) {
	const key = path.join(workFolder, 'operator');
	const publicKey = await makeSshKey(key);
	const {exitCode, stderr} = await tanos(['appliance', 'start', '--root', root]);
	if (exitCode !== 0) {
		throw new Error(stderr);
	}

	const accounts = await readAccounts(layout.accounts);
	await writeAccounts(layout.accounts, {...accounts, [user]: {...accounts[user]!, authorizedKeys: [publicKey]}});
	const known = path.join(workFolder, 'known_hosts');
	await writeFile(known, `[${address}]:${ports.ssh} ${await readFile(`${layout.hostKey}.pub`, 'utf8')}`);
	const access = ['BatchMode=yes', `UserKnownHostsFile=${known}`, `IdentityFile=${key}`, 'IdentitiesOnly=yes'];
	const settings = [...access, 'SetEnv=TANOS_READY_MARK=1', 'LogLevel=ERROR'].flatMap(option => ['-o', option]);
	return {command: 'ssh', arguments: ['-tt', '-e', 'none', ...settings, '-p', String(ports.ssh), '-l', user, address]};
}

/** A screen with what differs from run to run blotted out, in its own width where something stands to its right. */
export function steady(screen: string, {ports, root}: {ports: Readonly<Record<string, number>>; root: string}): string {
	const named = Object.entries(ports).reduce(
		(text, [name, port]) => text.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), `<${name}>`),
		screen,
	);
	return named
		.replaceAll(root, '<root>')
		.replaceAll(/\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{3})?)?)?/g, date => date.replaceAll(/\d/g, '0'))
		.replaceAll(/\d{8}-\d{6}/g, '00000000-000000')
		.replaceAll(/\d+ days ago/g, '<some> days ago')
		.replaceAll(/outage \d+ ms\b/g, 'outage <some> ms')
		.replaceAll(/\bpid \d+/g, 'pid <pid>')
		.replaceAll(/^ [A-Za-z\d+/]{64}$|^ [A-Za-z\d+/=]+(?=\n -----END)/gm, base64 => ` ${'x'.repeat(base64.length - 1)}`)
		.replaceAll(/AAAAC3NzaC1lZDI1NTE5[\w+/]{48}/g, key => `AAAAC3NzaC1lZDI1NTE5${'x'.repeat(key.length - 20)}`)
		.replaceAll(/SHA256:[\w+/]{43}/g, 'SHA256:<43 characters>')
		.replaceAll(/[\dA-F]{1,2}(?::[\dA-F]{1,2})+:?/g, bytes => bytes.replaceAll(/[\dA-F]/g, 'X'))
		.replaceAll(/\b[\dA-F]{32}\b/g, 'X'.repeat(32))
		.replaceAll(/ {2,}\d+\.\d\d s$/gm, time => `${' '.repeat(time.length - 6)}0.00 s`);
}

export type LabMember = Appliance & {address: string};

/** Makes a lab with `tanos lab create` in a folder of its own; the appliances are in the order of the deployment. */
export async function makeLab(
	t: ExecutionContext,
	deployment: string,
	words: readonly string[] = [],
): Promise<{root: string; members: LabMember[]}> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-lab-'));
	const root = path.join(folder, 'lab');
	const {stdout, stderr, exitCode} = await tanos(['lab', 'create', deployment, '--root', root, '--json', ...words]);
	t.teardown(async () => {
		await tanos(['lab', 'stop', '--root', root]);
		await rm(folder, {recursive: true, force: true});
	});
	if (exitCode !== 0) {
		throw new Error(stderr);
	}

	const {appliances} = JSON.parse(stdout) as {appliances: Array<Omit<LabMember, 'layout' | 'workFolder'>>};
	return {root, members: appliances.map(member => ({...member, layout: layoutOf(member.root), workFolder: folder}))};
}
