import {Activity} from './activity.js';
import {Cancelled} from './conversation.js';
import type {HangUpReason} from './idle.js';
import type {Key} from './keys.js';
import {press, withNotice, type ConsoleState, type ConversationView} from './state.js';

const busyNotice = 'This cannot be interrupted. Wait until it has finished.';

/**
 * Holds the state of one console and the one question that may be open. Work is in progress whenever no question is open, so
 * `activity` is idle exactly when the console is waiting for a key.
 */
export class Store {
	readonly activity = new Activity();
	#state: ConsoleState;
	#open: PromiseWithResolvers<string> | undefined;
	#resume = this.activity.begin();
	#hungUp: HangUpReason | undefined;
	#fault: {error: unknown} | undefined;
	readonly #listeners = new Set<() => void>();
	readonly #useListeners = new Set<() => void>();
	readonly #keyListeners = new Set<(key: Key, state: ConsoleState) => void>();
	readonly #writeListeners = new Set<(sequence: string) => void>();

	constructor(state: ConsoleState) {
		this.#state = state;
	}

	get state(): ConsoleState {
		return this.#state;
	}

	/** Whether the session was hung up. */
	get gone(): boolean {
		return this.#hungUp !== undefined;
	}

	/** Why the session was hung up; undefined while it is connected. */
	get hungUp(): HangUpReason | undefined {
		return this.#hungUp;
	}

	/** Whether the console is waiting for a key. */
	get waiting(): boolean {
		return this.activity.idle;
	}

	/** Calls `listener` after each change; returns a function that unsubscribes it. */
	subscribe(listener: () => void): () => void {
		return subscribed(this.#listeners, listener);
	}

	/** Calls `listener` on each key and each progress of work; returns a function that unsubscribes it. */
	subscribeToUse(listener: () => void): () => void {
		return subscribed(this.#useListeners, listener);
	}

	/** What changes while a key is waited for, such as a log that is followed, is no progress of work. */
	change(change: Partial<ConsoleState>): void {
		if (!this.waiting) {
			tell(this.#useListeners);
		}

		this.#set({...this.#state, ...change});
	}

	/** Calls `listener` with each key and the state that it meets; returns a function that unsubscribes it. */
	subscribeToKeys(listener: (key: Key, state: ConsoleState) => void): () => void {
		return subscribed(this.#keyListeners, listener);
	}

	/** Calls `listener` with what goes to the terminal beside the screen; returns a function that unsubscribes it. */
	subscribeToWrites(listener: (sequence: string) => void): () => void {
		return subscribed(this.#writeListeners, listener);
	}

	/** Writes to the terminal what neither shows anything nor moves the cursor. */
	write(sequence: string): void {
		tell(this.#writeListeners, sequence);
	}

	/** Changes the view when it is a conversation. */
	changeConversation(change: (view: ConversationView) => Partial<ConversationView>): void {
		const {view} = this.#state;
		if (view.kind === 'conversation') {
			this.change({view: {...view, ...change(view)}});
		}
	}

	/** Waits for a line to be entered. Rejects with Cancelled when the question is cancelled or the session is hung up. */
	async entered(): Promise<string> {
		if (this.gone) {
			throw new Cancelled('The terminal is gone.');
		}

		if (this.#fault) {
			const {error} = this.#fault;
			this.#fault = undefined;
			throw error;
		}

		if ('notice' in this.#state.view && this.#state.view.notice === busyNotice) {
			this.showNotice('');
		}

		this.#open = Promise.withResolvers<string>();
		tell(this.#useListeners);
		this.#resume();
		return this.#open.promise;
	}

	/** Handles one key. */
	press(key: Key): void {
		tell(this.#keyListeners, key, this.#state);
		const {state, entered, cancelled} = press(this.#state, key);
		tell(this.#useListeners);
		this.#set(state);
		if (cancelled) {
			this.#close()?.reject(new Cancelled('Interrupted.'));
		} else if (entered !== undefined) {
			this.#close()?.resolve(entered);
		}
	}

	/** Whether the open question asks for a line of a text that has several. */
	get takesLines(): boolean {
		const {view} = this.#state;
		return view.kind === 'conversation' && view.question?.isLineOfText === true;
	}

	/** Shows a line about the last input. */
	showNotice(notice: string): void {
		this.change({view: withNotice(this.#state.view, notice)});
	}

	/** Shows that work in progress cannot be interrupted. */
	showBusy(): void {
		this.showNotice(busyNotice);
	}

	/** Passes an error in handling keys to the code that waits for a line, so that it ends only this session. */
	fail(error: unknown): void {
		const open = this.#close();
		if (open) {
			open.reject(error);
		} else {
			this.#fault = {error};
		}
	}

	resize(columns: number, rows: number): void {
		this.change({columns, rows});
	}

	/** Cancels the open question and every later one. Work in progress is completed. */
	hangUp(why: HangUpReason = 'gone'): void {
		this.#hungUp ??= why;
		this.#close()?.reject(new Cancelled('The terminal is gone.'));
	}

	#close(): PromiseWithResolvers<string> | undefined {
		const open = this.#open;
		if (open) {
			this.#open = undefined;
			this.#resume = this.activity.begin();
		}

		return open;
	}

	#set(state: ConsoleState): void {
		if (state === this.#state) {
			return; // A key without effect, such as the end of an overlong paste, is not drawn.
		}

		this.#state = state;
		tell(this.#listeners);
	}
}

/** Adds a listener; returns a function that removes it. */
function subscribed<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
	listeners.add(listener);
	return () => {
		listeners.delete(listener);
	};
}

function tell<Told extends unknown[]>(listeners: ReadonlySet<(...told: Told) => void>, ...told: Told): void {
	for (const listener of listeners) {
		listener(...told);
	}
}
