/** Why nobody is asked any more: the terminal is gone, nobody has pressed a key for too long, or the server is stopping. */
export type HungUp = 'gone' | 'idle' | 'stopped';

/** A console as far as its idle time is concerned. */
export type Watched = {
	/** Whether a key is waited for. */
	readonly waiting: boolean;
	/** Calls `listener` whenever something happens, keys and work; returns how to stop that. */
	subscribe(listener: () => void): () => void;
	hangUp(why: 'idle'): void;
};

/** Calls `then` after so many milliseconds; returns how to prevent that. */
export type After = (milliseconds: number, then: () => void) => () => void;

const afterAll: After = (milliseconds, then) => {
	const timer = setTimeout(then, milliseconds).unref();
	return () => {
		clearTimeout(timer);
	};
};

/**
 * Hangs a console up when nothing has happened in it for so many seconds: no key, and no word of work under way. Work is never
 * cut short: while it lasts, nobody is asked to press a key. 0 seconds are for ever.
 */
export function hangUpWhenIdle(console: Watched, seconds: number, after: After = afterAll): Disposable {
	let prevent = () => {};
	const wait = () => {
		prevent();
		prevent = seconds === 0 ? () => {} : after(seconds * 1000, () => {
			if (console.waiting) {
				console.hangUp('idle');
			} else {
				wait();
			}
		});
	};

	const unsubscribe = console.subscribe(wait);
	wait();
	return {
		[Symbol.dispose]() {
			unsubscribe();
			prevent();
		},
	};
}
