import {StringDecoder} from 'node:string_decoder';
import type {Duplex} from 'node:stream';
import * as v from 'valibot';
import {messageOf} from '../../problem.js';
import {drained} from '../drained.js';

/** The longest line that is taken, in UTF-16 code units: more than any message has, and little for a process that keeps it. */
const maxLineLength = 1_048_576;

export type Listener<Incoming> = {
	/** Called with each message, in order. */
	received(message: Incoming): void;
	/** Called once, when no more will come: after the other end has ended, or has sent what is no message. */
	closed(fault?: Error): void;
};

/**
 * Sends and receives messages as lines of JSON. What comes before anybody listens is kept. What is no message closes it. What is sent after
 * the end is dropped.
 */
export class Channel<Incoming, Outgoing> {
	#rest = '';
	#listener: Listener<Incoming> | undefined;
	readonly #kept: Incoming[] = [];
	#closed: {fault: Error | undefined} | undefined;

	constructor(
		private readonly stream: Duplex,
		private readonly schema: v.GenericSchema<unknown, Incoming>,
	) {
		const decoder = new StringDecoder('utf8');
		stream.on('data', (bytes: Buffer) => {
			this.#take(decoder.write(bytes));
		});
		for (const event of ['end', 'close', 'error']) {
			stream.on(event, () => {
				this.#close();
			});
		}

		if (stream.destroyed) {
			this.#close();
		}
	}

	/** Passes on what has come and what comes, to this listener only. */
	listen(listener: Listener<Incoming>): void {
		this.#listener = listener;
		for (const message of this.#kept.splice(0)) {
			listener.received(message);
		}

		if (this.#closed) {
			listener.closed(this.#closed.fault);
		}
	}

	/** Resolves with the first message; with undefined when it is closed before one comes. Others are kept for listen(). */
	async first(): Promise<Incoming | undefined> {
		const kept = this.#kept.shift();
		if (kept !== undefined) {
			return kept;
		}

		return new Promise(resolve => {
			this.listen({
				received: message => {
					this.#listener = undefined;
					resolve(message);
				},
				closed: () => resolve(undefined),
			});
		});
	}

	send(message: Outgoing): void {
		if (this.stream.writable) {
			this.stream.write(`${JSON.stringify(message)}\n`);
		}
	}

	/** Resolves when the other end can take more, or is gone. */
	async drained(): Promise<void> {
		await drained(this.stream);
	}

	/** Says that nothing more will be sent. Resolves when the other end has been given everything, or is gone. */
	async end(): Promise<void> {
		if (this.stream.writable) {
			await new Promise<void>(resolve => {
				this.stream.once('close', resolve);
				this.stream.end(resolve);
			});
		}
	}

	#take(text: string): void {
		const parts = (this.#rest + text).split('\n');
		this.#rest = parts.pop()!;
		for (const line of parts) {
			this.#receive(line);
		}

		if (this.#rest.length > maxLineLength) {
			this.#fail(new Error('A line is too long.'));
		}
	}

	#receive(line: string): void {
		if (this.#closed) {
			return;
		}

		let message;
		try {
			message = v.parse(this.schema, JSON.parse(line));
		} catch (error) {
			this.#fail(new Error(`A line is no message: ${messageOf(error)}`, {cause: error}));
			return;
		}

		if (this.#listener) {
			this.#listener.received(message);
		} else {
			this.#kept.push(message);
		}
	}

	#fail(fault: Error): void {
		this.#close(fault);
		this.stream.destroy();
	}

	#close(fault?: Error): void {
		if (!this.#closed) {
			this.#closed = {fault};
			this.#rest = '';
			this.#listener?.closed(fault);
		}
	}
}
