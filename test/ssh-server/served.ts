// A throw-away appliance that is served, and OpenSSH's clients to visit it with.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {type Accounts, writeAccounts} from '../../src/appliance/users/accounts.js';
import type {AuditEvent} from '../../src/appliance/audit.js';
import {writeIdentity, type Identity} from '../../src/appliance/identity.js';
import {type Layout, layoutOf} from '../../src/appliance/layout.js';
import {hashPassword} from '../../src/appliance/users/passwords.js';
import {serve, type ServeOptions} from '../../src/ssh-server/server.js';
import {makeSshKey} from '../helpers/ssh-key.js';

export const password = 'Copy-it.2-there';

/** What somebody who comes for a console is told. */
export const noConsole = 'This server has no console.\n';

export type Served = {
	layout: Layout;
	port: number;
	/** A folder for the client's files: its key `id`, `known_hosts`, and what a test puts there. */
	home: string;
	close(): Promise<void>;
	/** Ends the server and starts another one on the same port. */
	restart(): Promise<void>;
	/** Runs a client of OpenSSH; `ssh -p` and the like are written as options, so that they mean the same to all three. */
	run(program: string, words: string[], options?: {input?: string; by?: 'key' | 'password'; password?: string}): Promise<Result>;
	/** The options with which OpenSSH's clients reach the server. */
	options(by: 'key' | 'password'): string[];
	/** Runs lines of an `sftp -b` script as tancopy. */
	sftp(...lines: string[]): Promise<Result>;
	/** The audit log, without times. */
	audited(): Promise<AuditEvent[]>;
};

export type Result = {status: number | null; out: string; errors: string};

/** Tests fail more often than users do. */
const noPenalties = {failureSeconds: 0, thresholdSeconds: 1, maxSeconds: 1, maxAddresses: 1};

export async function servedAppliance(t: ExecutionContext, options: ServeOptions = {}): Promise<Served> {
	const root = await mkdtemp(path.join(tmpdir(), 'tanos-ssh-'));
	const layout = layoutOf(path.join(root, 'appliance'));
	const home = path.join(root, 'client');
	for (const folder of [layout.incoming, layout.outgoing, layout.settings, home]) {
		await mkdir(folder, {recursive: true, mode: 0o700});
	}

	const identity = identityOn(0);
	await writeIdentity(layout, identity);
	await writeAccounts(layout.accounts, await accountsFor(await makeSshKey(path.join(home, 'id'))));
	const start = async (identity: Identity) =>
		serve(layout, identity, {
			...options,
			limits: {failureDelayMs: 0, penalties: noPenalties, ...options.limits},
		});
	let server = await start(identity);
	t.teardown(async () => {
		await server.close();
		await rm(root, {recursive: true, force: true});
	});
	const [type, blob] = (await readFile(`${layout.hostKey}.pub`, 'utf8')).split(' ');
	await writeFile(path.join(home, 'known_hosts'), `[127.0.0.1]:${server.port} ${type} ${blob}\n`);
	await writeFile(path.join(home, 'ask'), '#!/bin/sh\nprintf "%s\\n" "$ANSWER"\n', {mode: 0o700});

	const run: Served['run'] = (program, words, {input, by = 'key', password: answer = password} = {}) => {
		const asking = {SSH_AUTH_SOCK: '', SSH_ASKPASS: path.join(home, 'ask'), SSH_ASKPASS_REQUIRE: 'force', ANSWER: answer};
		return execute(program, [...clientOptions(home, server.port, by), ...words], {input, cwd: home, env: {...process.env, ...asking}});
	};

	return {
		layout,
		port: server.port,
		home,
		close: () => server.close(),
		async restart() {
			await server.close();
			server = await start(identityOn(server.port));
		},
		run,
		options: by => clientOptions(home, server.port, by),
		sftp: (...lines) => run('sftp', ['-b', '-', 'tancopy@127.0.0.1'], {input: `${lines.join('\n')}\n`}),
		audited: () => auditedIn(layout),
	};
}

export function identityOn(port: number): Identity {
	return {
		name: 'tanium.example.com',
		serial: 'TEST',
		role: 'all-in-one',
		world: 'sandbox',
		address: '127.0.0.1',
		ports: {console: 0, moduleServer: 0, ssh: port, patch: 0},
		settle: 0,
	};
}

async function accountsFor(publicKey: string): Promise<Accounts> {
	const account = {password: await hashPassword(password), authorizedKeys: [publicKey.trim()]};
	return {
		tancopy: {role: 'tancopy', ...account},
		tanadmin: {role: 'tanadmin', ...account},
		tanuser: {role: 'tanuser', ...account},
		webonly: {role: 'console-admin', ...account},
	};
}

function clientOptions(home: string, port: number, by: 'key' | 'password'): string[] {
	const settings = [
		`Port=${port}`,
		`UserKnownHostsFile=${path.join(home, 'known_hosts')}`,
		'GlobalKnownHostsFile=/dev/null',
		'StrictHostKeyChecking=yes',
		`IdentityFile=${path.join(home, 'id')}`,
		'IdentitiesOnly=yes',
		'LogLevel=ERROR',
		...(by === 'key' ? ['BatchMode=yes'] : ['PubkeyAuthentication=no', 'BatchMode=no', 'NumberOfPasswordPrompts=1']),
	];
	return ['-F', '/dev/null', ...settings.flatMap(setting => ['-o', setting])];
}

type Surroundings = {input?: string | undefined; cwd?: string; env?: NodeJS.ProcessEnv};

export async function execute(program: string, words: string[], {input, cwd, env}: Surroundings = {}): Promise<Result> {
	const child = spawn(program, words, {stdio: 'pipe', cwd, env});
	const collected = {out: '', errors: ''};
	child.stdout.setEncoding('utf8').on('data', text => {
		collected.out += text;
	});
	child.stderr.setEncoding('utf8').on('data', text => {
		collected.errors += text;
	});
	child.stdin.on('error', () => undefined); // A client that refuses to start reads nothing.
	child.stdin.end(input);
	const [status] = (await once(child, 'close')) as [number | null];
	return {status, ...collected};
}

async function auditedIn(layout: Layout): Promise<AuditEvent[]> {
	const text = await readFile(layout.audit, 'utf8');
	return text
		.trimEnd()
		.split('\n')
		.map(line => {
			const {time, ...event} = JSON.parse(line);
			return event as AuditEvent;
		});
}
