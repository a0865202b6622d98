import process from 'node:process';

/** How many days before the end a warning is given, each more urgent than the one before. The first is that of long lives. */
const warningDays = [30, 14, 7, 1] as const;

export type Expiry = {
	/** ISO 8601, in UTC. */
	notAfter: string;
	/** Whole days until then, rounded down; negative once it has passed. */
	daysLeft: number;
	/**
	 * The smallest of `warningDays` that is not yet over, 0 once the certificate has expired; undefined while there is time. The
	 * first begins later for short lives, see `daysOfWarning`.
	 */
	warning: (typeof warningDays)[number] | 0 | undefined;
};

const day = 24 * 60 * 60 * 1000;

/** Whole days from one moment to another, rounded down. */
export function daysBetween(from: Date, to: Date): number {
	return Math.floor((to.getTime() - from.getTime()) / day);
}

/** From how many days before its end on a certificate needs a successor: a third of its lifetime, at least 14 and at most 30 days. */
export function daysOfWarning(notBefore: Date, notAfter: Date): number {
	const [most, least] = warningDays;
	return Math.min(most, Math.max(least, (notAfter.getTime() - notBefore.getTime()) / (3 * day)));
}

/** When the first certificate of a PEM file ends, as seen at a moment; undefined when there is none that OpenSSL can load. */
export function expiryOf(pem: Buffer, at: Date): Expiry | undefined {
	const {X509Certificate} = process.getBuiltinModule('node:crypto'); // Not imported: the console's first frame does not wait for it.
	let [begin, end]: [Date, Date] = [at, at];
	try {
		const {validFrom, validTo} = new X509Certificate(pem);
		[begin, end] = [new Date(validFrom), new Date(validTo)];
	} catch {
		return undefined;
	}

	const [first] = warningDays;
	const daysFor = (days: number) => (days === first ? daysOfWarning(begin, end) : days);
	const daysLeft = daysBetween(at, end);
	const time = end.getTime() - at.getTime();
	return {notAfter: end.toISOString(), daysLeft, warning: time < 0 ? 0 : warningDays.findLast(days => time <= daysFor(days) * day)};
}

/** `364 days left`, `1 day left`, `less than a day left`, `expired`. */
export function formatDays(days: number): string {
	if (days < 0) {
		return 'expired';
	}

	return days === 0 ? 'less than a day left' : `${days} day${days === 1 ? '' : 's'} left`;
}

/** What to do about a certificate that ends soon; `menu` is the path of its replacement. */
export function expiryAdvice(warning: NonNullable<Expiry['warning']>, menu: string): string {
	return {
		30: menu === '2-4' ? 'Make a request for the next one: 2-C-1.' : 'Have the next one issued.',
		14: 'Have the next one issued, and plan a maintenance window.',
		7: `Install the next one this week: ${menu}.`,
		1: `Install the next one today: ${menu}.`,
		0: `Clients refuse it. Install another one now: ${menu}.`,
	}[warning];
}

/** A warning about the expiry of the installed certificate; undefined while there is time. */
export function expiryWarning({notAfter, daysLeft, warning}: Expiry): string | undefined {
	if (warning === undefined) {
		return undefined;
	}

	const verb = warning === 0 ? 'expired on' : 'expires on';
	const days = warning === 0 ? '' : ` (${formatDays(daysLeft)})`;
	return `The installed certificate ${verb} ${notAfter.slice(0, 10)}${days}. ${expiryAdvice(warning, '2-4')}`;
}
