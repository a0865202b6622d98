import {formatDays, expiryWarning, type Expiry} from '../certificates/describe/expiry.js';
import type {Conversation, Tone} from './conversation.js';

/** Says that the installed certificate ends soon, when it does. */
export function printExpiry(conversation: Pick<Conversation, 'print'>, expiry: Expiry | undefined): void {
	const warning = expiry && expiryWarning(expiry);
	if (warning !== undefined) {
		conversation.print(warning, toneOf(expiry!));
	}
}

/** How long the installed certificate is valid, in a few words. */
export function describeExpiry(expiry: Expiry): {words: string; tone: Tone} {
	return {words: `Certificate valid to ${expiry.notAfter.slice(0, 10)}, ${formatDays(expiry.daysLeft)}`, tone: toneOf(expiry)};
}

/** From the last week on it is bad. */
function toneOf({warning}: Expiry): Tone {
	return warning === undefined ? 'dim' : warning > 7 ? 'warning' : 'bad';
}
