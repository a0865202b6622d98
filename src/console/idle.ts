export const hangUpReasons = ['gone', 'idle', 'stopped'] as const;
/** Why a session was hung up: its terminal is gone, it was idle for too long, or the server is stopping. */
export type HangUpReason = (typeof hangUpReasons)[number];

/** What the idle timer needs to know about a console. */
export type IdleWatched = {
	/** Whether the console is waiting for a key. */
	readonly waiting: boolean;
	/** Calls `listener` on every key and every progress of work; returns a function that unsubscribes it. */
	subscribeToUse(listener: () => void): () => void;
	hangUp(why: 'idle'): void;
};

/** Calls `then` after this many milliseconds; returns a function that cancels it. */
export type After = (milliseconds: number, then: () => void) => () => void;

/** A real timer; while it is pending it does not keep the process alive. */
const afterTimer: After = (milliseconds, then) => {
	const timer = setTimeout(then, milliseconds).unref();
	return () => {
		clearTimeout(timer);
	};
};

/**
 * Hangs up a console that has been idle for this many seconds: no key and no progress of work. Work in progress is never
 * interrupted, because no key is expected while it runs. 0 seconds means never.
 */
export function hangUpWhenIdle(console: IdleWatched, seconds: number, after: After = afterTimer): Disposable {
	let cancel = () => {};
	const wait = () => {
		cancel();
		cancel =
			seconds === 0
				? () => {}
				: after(seconds * 1000, () => {
						if (console.waiting) {
							console.hangUp('idle');
						} else {
							wait();
						}
					});
	};

	const unsubscribe = console.subscribeToUse(wait);
	wait();
	return {
		[Symbol.dispose]() {
			unsubscribe();
			cancel();
		},
	};
}
