import {EventLimiter} from '../appliance/event-limiter.js';
import {serviceLogRate, summaryMs} from '../appliance/log-limits.js';

/** Writes one line to the log of a program. */
export type Log = (line: string) => void;

/**
 * A log for what anybody on the network can cause, bounded in rate. A minute after the first line that was left out, one line says how
 * many there were.
 */
export function limitedLog(log: Log): Log {
	const limiter = new EventLimiter(serviceLogRate);
	const summarise = () => {
		const summary = limiter.takeSummary();
		if (summary) {
			log(`Lines that were not logged, because there were too many: ${summary.count} since ${summary.since}.`);
		}
	};

	return line => {
		const isFirst = !limiter.hasRefused;
		if (limiter.admits({event: 'line'})) {
			log(line);
		} else if (isFirst) {
			setTimeout(summarise, summaryMs).unref();
		}
	};
}
