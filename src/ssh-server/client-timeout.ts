/** Turns of the event loop in which a client can be served before its time is up. */
const steps = 20;

/**
 * Calls `expire` when a client has had so many milliseconds. A stall of this process, which is busy with others or gets no CPU time,
 * counts as one step of twenty: it is no fault of the client. Returns a function that cancels.
 */
export function clientTimeout(milliseconds: number, expire: () => void): () => void {
	let left = steps;
	let timer: NodeJS.Timeout | undefined;
	const step = () => {
		if (left === 0) {
			expire();
		} else {
			left--;
			timer = setTimeout(step, milliseconds / steps);
		}
	};

	step();
	return () => clearTimeout(timer);
}
