import type {Cast} from './cast.js';
import type {Program} from './program.js';
import type {VirtualTerminal} from './terminal.js';

/** How waiting ended: the condition is met, the program ended first, or the timeout passed. */
export type WaitResult = 'met' | 'ended' | 'late';

/** A program and its terminal: passes on input and output, and waits for a state of the screen. */
export class TerminalSession {
	/** Whether ready marks account for the bytes that are sent. They do not while another program reads them. */
	counting = true;
	readonly #watchers: Array<() => void> = [];
	#parsed: Promise<void> = Promise.resolve();
	#sent = 0;
	#exitCode: number | undefined;

	constructor(
		readonly terminal: VirtualTerminal,
		private readonly program: Program,
		private readonly cast: Cast,
	) {
		terminal.onAnswer(text => {
			this.send(text);
		});
		program.onData(text => {
			this.#show(text);
		});
		program.onExit(code => {
			void this.#end(code);
		});
	}

	/** How the program ended; undefined while it runs. */
	get exitCode(): number | undefined {
		return this.#exitCode;
	}

	get ended(): boolean {
		return this.#exitCode !== undefined;
	}

	/** Whether the program has handled every byte that was sent, and the screen shows it. */
	get ready(): boolean {
		return this.terminal.ready.bytes >= this.#sent;
	}

	send(text: string): void {
		this.#sent += this.counting ? Buffer.byteLength(text) : 0;
		this.program.write(text);
	}

	resize(columns: number, rows: number): void {
		this.cast.resize(columns, rows);
		this.terminal.resize(columns, rows);
		this.program.resize(columns, rows);
	}

	/** Tests the condition now and after each output of the program. Never rejects. */
	async until(isMet: () => boolean, timeoutMs: number): Promise<WaitResult> {
		let late = false;
		const timer = setTimeout(() => {
			late = true;
			this.#notifyWatchers();
		}, timeoutMs);
		try {
			for (;;) {
				if (isMet() || this.ended || late) {
					return isMet() ? 'met' : this.ended ? 'ended' : 'late';
				}

				await this.#change();
			}
		} finally {
			clearTimeout(timer);
		}
	}

	#change(): Promise<void> {
		return new Promise(resolve => {
			this.#watchers.push(resolve);
		});
	}

	#show(text: string): void {
		this.cast.output(text);
		this.#parsed = this.terminal.write(text).then(() => {
			this.#notifyWatchers();
		});
	}

	async #end(code: number): Promise<void> {
		await this.#parsed;
		this.#exitCode = code;
		this.#notifyWatchers();
	}

	#notifyWatchers(): void {
		for (const watcher of this.#watchers.splice(0)) {
			watcher();
		}
	}
}
