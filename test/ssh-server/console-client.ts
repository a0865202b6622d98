// OpenSSH's client on a pseudo-terminal, and what it printed.
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {sessionHandlerFor} from '../../src/cli/session-handler.js';
import type {ConsoleEnvironment} from '../../src/console/environment.js';
import {openPty} from '../../src/replay/pty.js';
import {processServices} from '../../src/services/processes.js';
import type {ServeOptions} from '../../src/ssh-server/server.js';
import type {SessionHandler} from '../../src/ssh-server/session-request.js';
import {identityOn, servedAppliance, type Served} from './served.js';

/** A served appliance with consoles. Its services are never started. */
export async function servedConsoles(
	t: ExecutionContext,
	overrides: Partial<ConsoleEnvironment> = {},
	options: ServeOptions = {},
): Promise<Served> {
	const handler = Promise.withResolvers<SessionHandler>();
	const served = await servedAppliance(t, {...options, handleSession: async request => (await handler.promise)(request)});
	const {layout, port} = served;
	const site = {layout, identity: identityOn(port), services: processServices(layout, 'all-in-one')};
	handler.resolve(sessionHandlerFor(site, {bringUp: async () => [], ...overrides}));
	return served;
}

export class ConsoleClient {
	output = '';
	readonly ended: Promise<number>;
	readonly #program: ReturnType<typeof openPty>;
	readonly #watchers: Array<() => void> = [];

	constructor(t: ExecutionContext, served: Served, user: string) {
		this.#program = openPty('ssh', [...served.options('key'), '-tt', '-e', 'none', `${user}@127.0.0.1`], served.home, {
			columns: 80,
			rows: 24,
			environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
		});
		this.ended = new Promise(resolve => {
			this.#program.onExit(resolve);
		});
		this.#program.onData(text => {
			this.output += text;
			for (const watcher of this.#watchers.splice(0)) {
				watcher();
			}
		});
		t.teardown(async () => this.#program.kill());
	}

	get pid(): number {
		return this.#program.pid;
	}

	write(text: string): void {
		this.#program.write(text);
	}

	resize(columns: number, rows: number): void {
		this.#program.resize(columns, rows);
	}

	/** Resolves when the output matches. */
	async prints(pattern: RegExp): Promise<void> {
		while (!pattern.test(this.output)) {
			await new Promise<void>(resolve => {
				this.#watchers.push(resolve);
			});
		}
	}
}
