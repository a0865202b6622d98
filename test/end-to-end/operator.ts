// Somebody at a real pseudo-terminal, who types whatever and whenever, and can lose the terminal.
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {openPty} from '../../src/replay/pty.js';
import {VirtualTerminal} from '../../src/replay/terminal.js';
import {packageRoot} from '../../src/services/package-root.js';
import {tanosFile, type Appliance} from '../helpers/appliance.js';

/** What is run at the terminal: the console itself, unless it is a client that leads to one. */
type Way = {command: string; arguments: string[]};

/** How long a screen may take in milliseconds, however busy the machine. What has not come by then never comes. */
const limitMs = 120_000;

export class Operator {
	readonly #terminal = new VirtualTerminal(80, 24);
	readonly #program: ReturnType<typeof openPty>;
	readonly ended: Promise<number>;
	#typed = 0;
	readonly #watchers: Array<() => void> = [];
	#isOver = false;

	constructor(t: ExecutionContext, {root}: Appliance, way: Way = {command: process.execPath, arguments: [tanosFile, '--root', root]}) {
		this.#program = openPty(way.command, way.arguments, packageRoot(), {
			columns: 80,
			rows: 24,
			environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', TANOS_READY_MARK: '1'},
		});
		this.ended = new Promise(resolve => {
			this.#program.onExit(resolve);
		});
		this.#program.onData(text => {
			void this.#terminal.write(text).then(() => {
				for (const watcher of this.#watchers.splice(0)) {
					watcher();
				}
			});
		});
		// Only when all that it wrote stands on the screen.
		void this.ended
			.then(async () => this.#terminal.write(''))
			.then(() => {
				this.#isOver = true;
				for (const watcher of this.#watchers.splice(0)) {
					watcher();
				}
			});
		t.teardown(async () => this.#program.kill());
	}

	get screen(): string {
		return this.#terminal.screen();
	}

	/** Writes all of this at once, and resolves when the console has handled the last of it. */
	async type(text: string): Promise<void> {
		await this.#until(() => this.#terminal.ready.bytes >= 0);
		this.send(text);
		await this.#until(() => this.#terminal.ready.bytes >= this.#typed);
	}

	/** Writes all of this at once. */
	send(text: string): void {
		this.#typed += Buffer.byteLength(text);
		this.#program.write(text);
	}

	/** Resolves when this stands on the screen. */
	async sees(pattern: RegExp): Promise<void> {
		await this.#until(() => pattern.test(this.screen));
	}

	resize(columns: number, rows: number): void {
		this.#terminal.resize(columns, rows);
		this.#program.resize(columns, rows);
	}

	/** Closes the terminal, as when a window is closed or a line is cut. Resolves when the console has ended. */
	async hangUp(): Promise<void> {
		await this.#program.kill();
	}

	/** Kills the console where it stands. */
	async kill(): Promise<void> {
		process.kill(this.#program.pid, 'SIGKILL');
		await this.ended;
	}

	async #until(condition: () => boolean): Promise<void> {
		const limit = AbortSignal.timeout(limitMs);
		while (!condition()) {
			if (this.#isOver || limit.aborted) {
				throw new Error(`${this.#isOver ? 'The program has ended.' : 'It did not come.'} The screen:\n${this.screen}`);
			}

			const {promise, resolve} = Promise.withResolvers<void>();
			this.#watchers.push(resolve);
			limit.addEventListener('abort', () => resolve(), {once: true});
			await promise;
		}
	}
}
