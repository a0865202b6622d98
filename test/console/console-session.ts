// A console session without a terminal and without services: real accounts in a temporary folder, and a typist.
import {mkdir, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {writeAccounts, type Accounts} from '../../src/appliance/users/accounts.js';
import {installedExpiry} from '../../src/appliance/installed-expiry.js';
import {layoutOf} from '../../src/appliance/layout.js';
import {hashPassword} from '../../src/appliance/users/passwords.js';
import {screenSession} from '../../src/console/screen-front-end.js';
import {rowsOf} from '../../src/console/transcript.js';
import type {ConsoleEnvironment} from '../../src/console/environment.js';
import {Problem} from '../../src/problem.js';
import {serviceNames, type ServiceName, type Services} from '../../src/services/service.js';
import {readDisk, Typist} from './typist.js';

export const passwords = {tanadmin: 'Correct-Horse-1', tanuser: 'Battery-Staple-2', tancopy: 'Upload-Only-3'};

/** Services in memory that record what they are asked to do. */
class FakeServices implements Services {
	readonly names = serviceNames;
	readonly calls: string[] = [];
	/** How many reads from disk a start takes. */
	reads = 0;
	readonly #running = new Set<ServiceName>();

	async state(name: ServiceName) {
		return this.#running.has(name)
			? {name, running: true as const, pid: 1, since: new Date(0), process: '1-0'}
			: {name, running: false as const};
	}

	async start(name: ServiceName) {
		await readDisk(this.reads);
		this.calls.push(`start ${name}`);
		this.#running.add(name);
	}

	async stop(name: ServiceName) {
		this.calls.push(`stop ${name}`);
		if (name === 'patch') {
			throw new Problem('service-stuck', 'patch does not stop.', 'End it by hand.');
		}

		this.#running.delete(name);
	}

	async restart(name: ServiceName) {
		await this.stop(name);
		await this.start(name);
	}

	async check() {
		// They can always be started again.
	}

	async reload(name: ServiceName) {
		this.calls.push(`reload ${name}`);
	}

	async dependents() {
		return [];
	}

	async logEnd() {
		return '';
	}

	async logSince() {
		return [];
	}
}

let hashed: Promise<Accounts> | undefined;

async function accounts(): Promise<Accounts> {
	return Object.fromEntries(
		await Promise.all(
			Object.entries(passwords).map(async ([role, password]) => [role, {role, password: await hashPassword(password), authorizedKeys: []}]),
		),
	);
}

/** A session of an appliance in a temporary folder. */
export async function open(t: ExecutionContext, change: Partial<ConsoleEnvironment> = {}) {
	const layout = layoutOf(await mkdtemp(path.join(tmpdir(), 'tanos-session-')));
	t.teardown(async () => rm(layout.root, {recursive: true, force: true}));
	hashed ??= accounts();
	await mkdir(layout.settings, {recursive: true});
	await writeAccounts(layout.accounts, await hashed);
	const acknowledged: string[] = [];
	const now = new Date('2030-01-01T00:00:00Z');
	const services = new FakeServices();
	const environment: ConsoleEnvironment = {
		layout,
		identity: {
			name: 'ts1.example.com',
			serial: 'TEST-1',
			role: 'all-in-one',
			world: 'sandbox',
			address: '127.0.0.1',
			settle: 1,
			ports: {console: 1, moduleServer: 2, ssh: 3, patch: 4},
		},
		services,
		version: 'tanos-console 0.1.0',
		from: 'console',
		reachedAt: {host: '127.0.0.1', port: 3},
		greeting: [],
		now: () => now,
		expiry: async () => installedExpiry(layout, now),
		bringUp: async () => [],
		async acknowledge() {
			acknowledged.push('acknowledged');
		},
		...change,
	};
	const session = screenSession(environment, {columns: 80, rows: 24});
	return {
		session,
		environment,
		layout,
		services,
		acknowledged,
		view: () => session.store.state.view,
		said: () =>
			session.store.state.view.kind === 'conversation' ? rowsOf(session.store.state.view.entries, 80).map(({text}) => text) : [],
		audited: async () =>
			(await readFile(layout.audit, 'utf8'))
				.trim()
				.split('\n')
				.map(line => JSON.parse(line) as Record<string, string>),
	};
}

/** The same, with a typist. */
export async function typing(t: ExecutionContext, change: Partial<ConsoleEnvironment> = {}) {
	const opened = await open(t, change);
	return {...opened, typist: new Typist(opened.session.store)};
}

/** The same, with this user signed in. */
export async function signedIn(t: ExecutionContext, user: 'tanadmin' | 'tanuser' = 'tanadmin', change: Partial<ConsoleEnvironment> = {}) {
	const opened = await typing(t, change);
	await opened.typist.type(`${user}\r${passwords[user]}\r`);
	return opened;
}
