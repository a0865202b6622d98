// Bounds how many events anybody on the network can cause: for each address and in all, as token buckets. What is refused is
// counted, and the count is logged, so nothing vanishes silently.
import type {AuditEvent} from './audit-line.js';
import type {RateLimit, RateLimits} from './log-limits.js';

type Bucket = {tokens: number; at: number};

/** How many events were refused since when. */
export type Summary = AuditEvent & {count: number; since: string};

/** Sources and kinds of events that one summary names; the rest is in its count. */
const maxNamed = 10;

export class EventLimiter {
	readonly #sources = new Map<string, Bucket>();
	#all: Bucket | undefined;
	#refused: {count: number; since: Date; events: Map<string, number>; sources: Map<string, number>} | undefined;

	/** `clock` is in milliseconds and never goes back. */
	constructor(
		private readonly limits: RateLimits,
		private readonly clock: () => number = () => performance.now(),
	) {}

	/** Whether events were refused since the last summary. */
	get hasRefused(): boolean {
		return this.#refused !== undefined;
	}

	/** Whether this event may be logged. If not, it is counted. */
	admits({event, from = ''}: Pick<AuditEvent, 'event' | 'from'>): boolean {
		const source = this.#filled(this.#sources.get(from), this.limits.perSource);
		const all = this.#filled(this.#all, this.limits.inAll);
		const isAdmitted = source.tokens >= 1 && all.tokens >= 1;
		const price = isAdmitted ? 1 : 0;
		this.#remember(from, {...source, tokens: source.tokens - price});
		this.#all = {...all, tokens: all.tokens - price};
		if (!isAdmitted) {
			this.#count(event, from);
		}

		return isAdmitted;
	}

	/** How many were refused since the last summary, as an event; undefined for none. */
	takeSummary(): Summary | undefined {
		const refused = this.#refused;
		this.#refused = undefined;
		return (
			refused && {
				event: 'events-not-logged',
				reason: 'rate',
				count: refused.count,
				since: refused.since.toISOString(),
				events: largest(refused.events),
				sources: largest(refused.sources),
			}
		);
	}

	#filled(bucket: Bucket | undefined, {burst, perMinute}: RateLimit): Bucket {
		const at = this.clock();
		return {at, tokens: bucket ? Math.min(burst, bucket.tokens + ((at - bucket.at) * perMinute) / 60_000) : burst};
	}

	#remember(from: string, bucket: Bucket): void {
		this.#sources.delete(from);
		this.#sources.set(from, bucket);
		if (this.#sources.size > this.limits.maxSources) {
			this.#sources.delete(this.#sources.keys().next().value!);
		}
	}

	#count(event: string, from: string): void {
		this.#refused ??= {count: 0, since: new Date(), events: new Map(), sources: new Map()};
		this.#refused.count++;
		addOne(this.#refused.events, event);
		addOne(this.#refused.sources, from);
	}
}

/** Beyond a thousand names they are counted together, so that many addresses cannot fill the memory. */
function addOne(counts: Map<string, number>, name: string): void {
	const counted = counts.has(name) || counts.size < 1000 ? name : 'others';
	counts.set(counted, (counts.get(counted) ?? 0) + 1);
}

function largest(counts: ReadonlyMap<string, number>): string[] {
	return [...counts]
		.toSorted(([, one], [, other]) => other - one)
		.slice(0, maxNamed)
		.map(([name, count]) => `${name}: ${count}`);
}
