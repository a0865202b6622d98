import {performance} from 'node:perf_hooks';
import {setTimeout as delay} from 'node:timers/promises';
import {presentedBy, type Served} from '../../src/services/probe.js';

/** The time between two attempts at a handshake. */
const pauseMs = 2;
/** How long to continue after the work, so that the first successful handshake after it is seen. */
const afterMs = 50;

/** The longest time between two successful handshakes while `work` runs, in milliseconds. Rejects as the work does. */
export async function longestGap(served: Served, work: () => Promise<unknown>): Promise<number> {
	let isOver = false;
	let longest = 0;
	const watch = async () => {
		let last = performance.now();
		while (!isOver) {
			try {
				await presentedBy(served);
				longest = Math.max(longest, performance.now() - last);
				last = performance.now();
			} catch {
				// Down: the next successful handshake ends the outage.
			}

			await delay(pauseMs);
		}
	};

	const watching = watch();
	try {
		await work();
		await delay(afterMs);
	} finally {
		isOver = true;
		await watching;
	}

	return longest;
}
