import type {Cast} from './cast.js';
import type {Program} from './program.js';
import type {VirtualTerminal} from './terminal.js';

/** How waiting ended: what was waited for is true, the program ended without it, or time ran out. */
export type WaitResult = 'met' | 'ended' | 'late';

/** A program on its terminal: what is typed reaches the program, what it writes reaches the screen, and a state can be awaited. */
export class TerminalSession {
	/** Whether what is typed counts for the ready marks. It does not while something else reads the keys. */
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

	/** The program has handled every byte that was sent, and the screen shows it. */
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

	/** Looks at the state now and after everything that the program writes. `patience` in milliseconds. Never rejects. */
	async until(isMet: () => boolean, timeoutMs: number): Promise<WaitResult> {
		let late = false;
		const timer = setTimeout(() => {
			late = true;
			this.#tell();
		}, timeoutMs);
		try {
			for (;;) {
				if (isMet() || this.ended || late) {
					return isMet() ? 'met' : (this.ended ? 'ended' : 'late');
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
			this.#tell();
		});
	}

	async #end(code: number): Promise<void> {
		await this.#parsed;
		this.#exitCode = code;
		this.#tell();
	}

	#tell(): void {
		for (const watcher of this.#watchers.splice(0)) {
			watcher();
		}
	}
}
