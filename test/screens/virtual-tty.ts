// A terminal for Ink that draws into a grid of cells: what a person would see, and nothing about how it came there.
import {once} from 'node:events';
import {PassThrough, Writable} from 'node:stream';
import {VirtualTerminal} from '../../src/replay/terminal.js';

/** The half that is written to. */
class Output extends Writable {
	readonly isTTY = true;
	/** Everything that was ever written. */
	written = '';

	constructor(
		readonly terminal: VirtualTerminal,
		private readonly drawn: () => void,
		private readonly delay: () => void,
	) {
		super({decodeStrings: false});
	}

	get columns(): number {
		return this.terminal.columns;
	}

	get rows(): number {
		return this.terminal.rows;
	}

	override _write(text: string | Buffer, _encoding: string, done: () => void): void {
		this.delay();
		this.written += String(text);
		// The line discipline of a terminal turns every line feed into a new line (ONLCR).
		void this.terminal.write(String(text).replaceAll('\n', '\r\n')).then(() => {
			this.drawn();
			done();
		});
	}
}

/** The half that is read from. */
class Input extends PassThrough {
	readonly isTTY = true;
	isRaw = false;

	setRawMode(isRaw: boolean): this {
		this.isRaw = isRaw;
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}

export class VirtualTty {
	readonly terminal: VirtualTerminal;
	readonly #input = new Input();
	readonly #output: Output;
	#sent = 0;
	readonly #waiting: Array<() => void> = [];

	/** `delay` is called for each write, and may take its time. */
	constructor(columns: number, rows: number, delay: () => void = () => {}) {
		this.terminal = new VirtualTerminal(columns, rows);
		this.#output = new Output(
			this.terminal,
			() => {
				for (const look of this.#waiting.splice(0)) {
					look();
				}
			},
			delay,
		);
	}

	get stdin(): NodeJS.ReadStream {
		return this.#input as unknown as NodeJS.ReadStream;
	}

	get stdout(): NodeJS.WriteStream {
		return this.#output as unknown as NodeJS.WriteStream;
	}

	get isRaw(): boolean {
		return this.#input.isRaw;
	}

	/** What a person sees. */
	get screen(): string {
		// The grid keeps what stood beyond its right edge before it became narrower.
		return this.terminal
			.screen()
			.split('\n')
			.map(row => row.slice(0, this.terminal.columns).trimEnd())
			.join('\n');
	}

	/** Everything that was ever written, as it was written. */
	get written(): string {
		return this.#output.written;
	}

	/** Types, and resolves when the console says that it has handled all of it and its frame stands. */
	async type(text: string): Promise<void> {
		this.send(text);
		await this.until(() => this.terminal.ready.bytes >= this.#sent);
	}

	send(text: string): void {
		this.#sent += Buffer.byteLength(text);
		this.#input.write(text);
	}

	/** Changes its size, and resolves when the console has drawn for it. */
	async resize(columns: number, rows: number): Promise<void> {
		const {marks} = this.terminal.ready;
		this.terminal.resize(columns, rows);
		this.#output.emit('resize');
		await this.until(() => this.terminal.ready.marks > marks);
	}

	/** Closes the window, and resolves when the console has read the end of its input. */
	async close(): Promise<void> {
		const read = once(this.#input, 'end');
		this.#input.end();
		await read;
	}

	/** Looks now and after everything that is drawn. */
	async until(isMet: () => boolean): Promise<void> {
		while (!isMet()) {
			await new Promise<void>(resolve => {
				this.#waiting.push(resolve);
			});
		}
	}
}
