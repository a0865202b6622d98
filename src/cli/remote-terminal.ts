// Makes terminal streams of an SSH channel, like those Node has for a local terminal. There is no line discipline between them and
// the client's terminal, so carriage returns are added here. What a client does not read is held back, not collected: the output
// stream reports that it is full, and the terminal is not resized meanwhile.
import {PassThrough, Writable, type Duplex} from 'node:stream';
import {finished} from 'node:stream/promises';
import {clientTimeout} from '../ssh-server/client-timeout.js';
import type {ClientTerminal, TerminalSize} from '../ssh-server/session-request.js';

export type RemoteTerminal = {
	stdin: NodeJS.ReadStream;
	stdout: NodeJS.WriteStream;
	/** From now on, drops output that the client has not taken within `timeoutMs`. */
	limit(timeoutMs: number): void;
	/** Writes the last text, and resolves when the client has taken all output, or when a limit has dropped it. */
	end(text: string): Promise<void>;
};

export type RemoteTerminalOptions = {
	colour: boolean;
	/** Resolves when the connection can take more. */
	drained: () => Promise<void>;
};

/** The terminal on a channel. Both streams end with the channel; neither throws. */
export function remoteTerminal(channel: Duplex, terminal: ClientTerminal, options: RemoteTerminalOptions): RemoteTerminal {
	const stdin = Object.assign(new PassThrough(), {isTTY: true, setRawMode: () => stdin, ref: () => stdin, unref: () => stdin});
	channel.pipe(stdin);
	const stdout = new RemoteOutput(channel, terminal, options);
	let cancel: (() => void) | undefined;
	channel.once('close', () => {
		stdin.end();
		stdout.destroy();
	});
	stdout.once('close', () => {
		cancel?.();
	});
	return {
		stdin: stdin as unknown as NodeJS.ReadStream,
		stdout: stdout as unknown as NodeJS.WriteStream,
		limit(timeoutMs) {
			cancel ??= clientTimeout(timeoutMs, () => stdout.destroy());
		},
		async end(text) {
			stdout.end(text);
			await finished(stdout).catch(() => undefined); // Destroyed by the limit, or closed by the client.
		},
	};
}

/** Colours and attributes (SGR, ECMA-48 8.3.117). */
const colours = /\u001B\[[\d;]*m/g;

/** Milliseconds between two resizes: drawing a large screen takes tens of milliseconds, and a client may send any number. */
const resizeIntervalMs = 100;

/** Joins what is written in one turn of the event loop: a frame is three writes. Sends one piece at a time. */
class RemoteOutput extends Writable {
	readonly isTTY = true;
	columns: number;
	rows: number;
	#size: TerminalSize;
	#resizeTimer: NodeJS.Timeout | undefined;
	#pending = '';
	#isSending = false;
	/** Completes the write that waits until the client has taken what is being sent. */
	#continue: (() => void) | undefined;
	#finish: (() => void) | undefined;

	constructor(
		private readonly channel: Duplex,
		{size, onResize}: ClientTerminal,
		private readonly options: RemoteTerminalOptions,
	) {
		super({decodeStrings: false});
		this.#size = size;
		({columns: this.columns, rows: this.rows} = size);
		this.on('error', () => undefined);
		onResize(size => {
			this.#size = size;
			this.#resize();
		});
	}

	override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
		this.#pending += String(chunk);
		if (this.#isSending) {
			this.#continue = done;
			return;
		}

		setImmediate(() => this.#send());
		done();
	}

	override _final(done: () => void): void {
		this.#finish = done;
		this.#send();
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		clearTimeout(this.#resizeTimer);
		this.#pending = '';
		this.#continue?.();
		done(error);
	}

	#send(): void {
		if (this.#isSending || this.destroyed) {
			return;
		}

		const text = this.options.colour ? this.#pending : this.#pending.replaceAll(colours, '');
		this.#pending = '';
		if (text === '' || !this.channel.writable) {
			this.#finish?.();
			return;
		}

		this.#isSending = true;
		this.channel.write(text.replaceAll(/\r?\n/g, '\r\n'), () => {
			this.options.drained().then(
				() => this.#sent(),
				() => undefined,
			); // Rejects when the connection has closed.
		});
	}

	#sent(): void {
		this.#isSending = false;
		const next = this.#continue;
		this.#continue = undefined;
		next?.();
		this.#send();
		this.#resize();
	}

	#resize(): void {
		const {columns, rows} = this.#size;
		const isSame = columns === this.columns && rows === this.rows;
		if (isSame || this.#resizeTimer || this.#isSending || this.destroyed) {
			return; // Called again when the timer has run and when the piece has been sent.
		}

		Object.assign(this, {columns, rows});
		this.#resizeTimer = setTimeout(() => {
			this.#resizeTimer = undefined;
			this.#resize();
		}, resizeIntervalMs);
		this.emit('resize');
	}
}
