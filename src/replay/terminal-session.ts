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
	#changedAt = performance.now();
	#quietMs = 0;
	#quietTimer: NodeJS.Timeout | undefined;

	constructor(
		readonly terminal: VirtualTerminal,
		private readonly program: Program,
		readonly cast: Cast,
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

	/** Whether the program writes ready marks. */
	get marked(): boolean {
		return this.terminal.ready.marks > 0;
	}

	/** Whether nothing was typed or written for the quiet time. It tells little: a program that works may be silent. */
	get quiet(): boolean {
		return performance.now() - this.#changedAt >= this.#quietMs;
	}

	/** Whether the screen is complete, as far as can be known: of a program without ready marks, that it has been quiet. */
	isAtRest(isMarked = this.marked): boolean {
		return !this.terminal.halfDrawn && (isMarked ? this.ready : this.quiet);
	}

	/** Sets the milliseconds without output after which the screen is `quiet`. At first it always is. */
	setQuietTime(milliseconds: number): void {
		this.#quietMs = milliseconds;
		this.#notifyWhenQuiet();
	}

	send(text: string): void {
		this.#sent += this.counting ? Buffer.byteLength(text) : 0;
		this.#noteChange();
		this.program.write(text);
	}

	resize(columns: number, rows: number): void {
		this.cast.resize(columns, rows);
		this.terminal.resize(columns, rows);
		this.program.resize(columns, rows);
	}

	/** Tests the condition now, after each output of the program, and when the screen becomes quiet. Never rejects. */
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
			this.#noteChange();
			this.#notifyWatchers();
		});
	}

	async #end(code: number): Promise<void> {
		await this.#parsed;
		this.#exitCode = code;
		this.#notifyWatchers();
	}

	/** What is typed counts as a change: the program has not answered yet. */
	#noteChange(): void {
		this.#changedAt = performance.now();
		this.#notifyWhenQuiet();
	}

	#notifyWhenQuiet(): void {
		clearTimeout(this.#quietTimer);
		if (this.#quietMs > 0) {
			this.#quietTimer = setTimeout(() => this.#notifyWatchers(), this.#quietMs + 1).unref();
		}
	}

	#notifyWatchers(): void {
		for (const watcher of this.#watchers.splice(0)) {
			watcher();
		}
	}
}
