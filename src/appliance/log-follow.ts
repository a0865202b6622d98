// Follows a log by its name, as `tail -F` does: also when it is renamed, emptied or removed, and when it is not there yet.
import {open, stat, type FileHandle} from 'node:fs/promises';
import {setTimeout as delay} from 'node:timers/promises';
import {ifPresent} from '../if-present.js';
import {fitLines} from './log-tail.js';

export type Follow = {
	/** How many of the lines that there are already are passed on. */
	count: number;
	/** Only lines that hold it, in upper or lower case. */
	text?: string;
	/** Takes the lines, fit for display; the next ones are read when it has resolved. */
	add(lines: string[]): void | Promise<void>;
	signal: AbortSignal;
};

/** How often the log is looked at, in milliseconds. */
const intervalMs = 250;

/** What is read at once, in bytes: at the beginning from the end of the log. */
const maxReadBytes = 512 * 1024;

/** A line without an end counts as one when it has this many bytes. */
const maxLineBytes = 64 * 1024;

/** Passes the end of a log on, and what is logged from then on, until the signal. Rejects with the system's error. */
export async function followLog(file: string, {count, text = '', add, signal}: Follow): Promise<void> {
	await using log = new FollowedLog(file);
	let lines = fitLines(await log.end(), text).slice(-count);
	while (!signal.aborted) {
		if (lines.length > 0) {
			await add(lines);
		}

		await delay(intervalMs, undefined, {signal}).catch(() => undefined);
		lines = fitLines(await log.more(), text);
	}
}

class FollowedLog {
	#handle: FileHandle | undefined;
	#at = 0;
	/** The start of a line whose end is not logged yet. */
	#rest: Buffer = Buffer.alloc(0);

	constructor(private readonly file: string) {}

	/** The whole lines at the end of the log. */
	async end(): Promise<Buffer> {
		this.#handle = await ifPresent(async () => open(this.file, 'r'));
		this.#at = Math.max(0, ((await this.#handle?.stat())?.size ?? 0) - maxReadBytes);
		const isCut = this.#at > 0;
		const lines = this.#whole(await this.#read());
		return isCut ? lines.subarray(lines.indexOf('\n') + 1) : lines;
	}

	/** The whole lines that were logged since the last call. */
	async more(): Promise<Buffer> {
		const rest = await this.#read(); // Of a log that was renamed, what was logged before that.
		if (rest.length > 0 || !(await this.#isReplaced())) {
			return this.#whole(rest);
		}

		await this.#handle?.close();
		this.#handle = await ifPresent(async () => open(this.file, 'r'));
		this.#at = 0;
		this.#rest = Buffer.alloc(0);
		return this.#whole(await this.#read());
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#handle?.close();
	}

	/** What there is behind the place that was read last; from the start when the log has been emptied. */
	async #read(): Promise<Buffer> {
		if (!this.#handle) {
			return Buffer.alloc(0);
		}

		const {size} = await this.#handle.stat();
		if (size < this.#at) {
			this.#at = 0;
			this.#rest = Buffer.alloc(0);
		}

		const length = Math.min(size - this.#at, maxReadBytes);
		const {buffer, bytesRead} = await this.#handle.read(Buffer.alloc(length), 0, length, this.#at);
		this.#at += bytesRead;
		return buffer.subarray(0, bytesRead);
	}

	/** Whether the name is that of another file by now. A log that is gone is kept open: it may come back by a rename. */
	async #isReplaced(): Promise<boolean> {
		const [named, opened] = [await ifPresent(async () => stat(this.file)), await this.#handle?.stat()];
		return named !== undefined && (named.ino !== opened?.ino || named.dev !== opened.dev);
	}

	#whole(more: Buffer): Buffer {
		const bytes = Buffer.concat([this.#rest, more]);
		const end = bytes.length - bytes.lastIndexOf('\n') > maxLineBytes ? bytes.length : bytes.lastIndexOf('\n') + 1;
		this.#rest = Buffer.from(bytes.subarray(end));
		return bytes.subarray(0, end);
	}
}
