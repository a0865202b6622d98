import type {Store} from './store.js';

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
 * cut short: while it lasts, nobody can be asked to press a key. 0 seconds are for ever.
 */
export function hangUpWhenIdle(store: Store, seconds: number, after: After = afterAll): Disposable {
	let prevent = () => {};
	const wait = () => {
		prevent();
		prevent = seconds === 0 ? () => {} : after(seconds * 1000, () => {
			if (store.activity.idle) {
				store.hangUp('idle');
			} else {
				void store.activity.untilIdle().then(wait);
			}
		});
	};

	const unsubscribe = store.subscribe(wait);
	wait();
	return {
		[Symbol.dispose]() {
			unsubscribe();
			prevent();
		},
	};
}
