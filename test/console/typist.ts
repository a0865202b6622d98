// Types at a store as a terminal would, and waits for what the typing caused instead of for time.
import type {After} from '../../src/console/idle.js';
import {KeyQueue} from '../../src/console/key-queue.js';
import {splitKeys, type Key} from '../../src/console/keys.js';
import type {ConsoleState, ConversationView} from '../../src/console/state.js';
import {Store} from '../../src/console/store.js';

/** A conversation that has said nothing yet. */
export const emptyConversation: ConversationView = {
	kind: 'conversation',
	title: 'A Conversation',
	entries: [],
	question: undefined,
	selected: 0,
	scroll: 0,
	notice: '',
};

/** A console at its main menu, on a terminal of the usual size. */
export const mainMenu: ConsoleState = {
	appliance: {name: 'ts1.example.com', role: 'All-in-One', version: 'tanos-console 0.1.0'},
	user: {name: 'tanadmin', role: 'tanadmin'},
	columns: 80,
	rows: 24,
	view: {kind: 'menu', path: [], selected: 0, notice: ''},
	line: '',
};

/** The keys of this input, of which nothing more follows. */
export function keysOf(input: string | Buffer): Key[] {
	return splitKeys(Buffer.from(input as string), true).keys;
}

export class Typist {
	/** What each call of `ready` said. */
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
				for (const look of this.#waiting.splice(0)) {
					look();
				}
			},
			after,
		);
	}

	/** Hands the input over in one piece and does not wait. */
	send(input: string | Buffer): void {
		const bytes = Buffer.from(input as string);
		this.#sent += bytes.length;
		this.keyQueue.write(bytes);
	}

	/** Types, and resolves when everything that was ever typed here is handled. */
	async type(input: string | Buffer): Promise<void> {
		this.send(input);
		await this.handled();
	}

	/** Resolves when everything that was ever typed here is handled. */
	async handled(): Promise<void> {
		while ((this.announced.at(-1) ?? -1) < this.#sent) {
			await new Promise<void>(resolve => {
				this.#waiting.push(resolve);
			});
		}
	}
}

/** Whatever is promised, but only after this many turns of the event loop. */
export async function afterTurns<Value>(turns: number, value: Value): Promise<Value> {
	for (let turn = 0; turn < turns; turn++) {
		await new Promise(setImmediate);
	}

	return value;
}
