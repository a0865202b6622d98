// Types at a store as a terminal would, and waits for the effect of the typing instead of for time.
import {stat} from 'node:fs/promises';
import type {After} from '../../src/console/idle.js';
import {KeyQueue} from '../../src/console/key-queue.js';
import {splitKeys, type Key} from '../../src/console/keys.js';
import {menuView, type ConsoleState, type ConversationView} from '../../src/console/state.js';
import {Store} from '../../src/console/store.js';

/** A conversation that has printed nothing yet. */
export const emptyConversation: ConversationView = {
	kind: 'conversation',
	title: 'A Conversation',
	entries: [],
	question: undefined,
	selected: 0,
	scroll: 0,
	notice: '',
};

/** A console at its main menu as an administrator finds it after the sign-in, on a terminal of 80 columns and 24 rows. */
export const mainMenu: ConsoleState = {
	appliance: {name: 'ts1.example.com', role: 'All-in-One', machine: 'all-in-one', version: 'tanos-console 0.1.0'},
	user: {name: 'tanadmin', role: 'tanadmin'},
	columns: 80,
	rows: 24,
	view: menuView({path: [], last: [], notice: ''}, 'tanadmin'),
	line: '',
};

/** The keys of this input, when no more input follows. */
export function keysOf(input: string | Buffer): Key[] {
	return splitKeys(Buffer.from(input as string), true).keys;
}

export class Typist {
	/** The number of bytes in each call of `ready`. */
	readonly announced: number[] = [];
	readonly keyQueue: KeyQueue;
	#sent = 0;
	readonly #waiting: Array<() => void> = [];

	/** `after` is the timer of the queue, if not the real one. */
	constructor(
		readonly store: Store = new Store(mainMenu),
		after?: After,
	) {
		this.keyQueue = new KeyQueue(
			store,
			bytes => {
				this.announced.push(bytes);
				for (const resume of this.#waiting.splice(0)) {
					resume();
				}
			},
			after,
		);
	}

	/** Sends the input in one piece, without waiting. */
	send(input: string | Buffer): void {
		const bytes = Buffer.from(input as string);
		this.#sent += bytes.length;
		this.keyQueue.write(bytes);
	}

	/** Types, and resolves when everything that was typed so far is handled. */
	async type(input: string | Buffer): Promise<void> {
		this.send(input);
		await this.handled();
	}

	/** Resolves when everything that was typed so far is handled. */
	async handled(): Promise<void> {
		while ((this.announced.at(-1) ?? -1) < this.#sent) {
			await this.nextReady();
		}
	}

	/** Resolves at the next call of `ready`. */
	async nextReady(): Promise<void> {
		return new Promise<void>(resolve => {
			this.#waiting.push(resolve);
		});
	}
}

/** Work that the console waits for: this many reads from disk, one after the other. */
export async function readDisk(times: number): Promise<void> {
	for (let count = 0; count < times; count++) {
		await stat('/');
	}
}
