// A recording that is written while the session goes on, each event at once: whenever the process ends, the file is a valid recording.
import {closeSync, constants, ftruncateSync, openSync, writeSync} from 'node:fs';
import {castHeader, castSeconds, withoutReadyMarks, type CastCode, type CastHeader} from '../asciicast.js';
import {messageOf} from '../problem.js';

export type CastFileOptions = CastHeader & {
	/** The bytes that the file may have. Default: any number. */
	maxBytes?: number;
	/** Called each time the file has grown by 256 KiB. */
	onGrowth?: () => void;
	/** Called once when the recording ends before it is closed, with a sentence that says why. */
	onEnd?: (why: string) => void;
};

const growthBytes = 256 * 1024;

/** What the last marker may take. */
const markerBytes = 200;

/** A recording in a file of its own. A file that cannot be written any more ends the recording, and nothing else: no method throws. */
export class CastFile {
	readonly #start = performance.now();
	readonly #descriptor: number;
	#bytes = 0;
	#isOpen = true;
	#size: string;

	/** Makes the file with mode 0600. Throws the system's error; EEXIST when there is one of this name, and be it a link. */
	constructor(
		readonly file: string,
		private readonly options: CastFileOptions,
	) {
		this.#descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
		this.#size = `${options.columns}x${options.rows}`;
		this.#write(castHeader(options));
	}

	/** The size of the file. */
	get bytes(): number {
		return this.#bytes;
	}

	/** What was drawn. */
	output(text: string): void {
		this.#add('o', withoutReadyMarks(text));
	}

	/** What was typed. */
	input(text: string): void {
		this.#add('i', text);
	}

	/** A label at this moment. */
	mark(label: string): void {
		this.#add('m', label);
	}

	/** The terminal has this size from now on. */
	resize(columns: number, rows: number): void {
		const size = `${columns}x${rows}`;
		if (size !== this.#size) {
			this.#size = size;
			this.#add('r', size);
		}
	}

	/** Ends the recording early, with a marker that says why. */
	end(why: string): void {
		if (this.#isOpen) {
			this.#write(this.#line('m', why));
			this.#stop(why);
		}
	}

	/** Closes the file. What comes later is not recorded. */
	close(): void {
		if (this.#isOpen) {
			this.#isOpen = false;
			closeSync(this.#descriptor);
		}
	}

	#add(code: CastCode, data: string): void {
		if (data === '' || !this.#isOpen) {
			return;
		}

		const {maxBytes = Number.POSITIVE_INFINITY} = this.options;
		const line = this.#line(code, data);
		if (this.#bytes + Buffer.byteLength(line) + markerBytes > maxBytes) {
			this.end(`The recording has reached its limit of ${maxBytes} bytes.`);
		} else {
			this.#write(line);
		}
	}

	#line(code: CastCode, data: string): string {
		return JSON.stringify([castSeconds(performance.now() - this.#start), code, data]);
	}

	/** A line that does not fit is removed again, so that the file ends with a whole one. */
	#write(line: string): void {
		const bytes = Buffer.from(`${line}\n`);
		try {
			const written = writeSync(this.#descriptor, bytes);
			if (written < bytes.length) {
				ftruncateSync(this.#descriptor, this.#bytes);
				this.#stop('The disk is full.');
			} else {
				this.#grow(written);
			}
		} catch (error) {
			this.#stop(messageOf(error));
		}
	}

	#grow(written: number): void {
		const before = this.#bytes;
		this.#bytes += written;
		if (Math.floor(before / growthBytes) < Math.floor(this.#bytes / growthBytes)) {
			this.options.onGrowth?.();
		}
	}

	#stop(why: string): void {
		if (this.#isOpen) {
			this.close();
			this.options.onEnd?.(why);
		}
	}
}
