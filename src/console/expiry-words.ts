import {daysInWords, expiryWarning, type Expiry} from '../certificates/expiry.js';
import type {Conversation, Tone} from './conversation.js';

/** Says that the installed certificate ends soon, when it does. */
export function sayExpiry(talk: Pick<Conversation, 'say'>, expiry: Expiry | undefined): void {
	const warning = expiry && expiryWarning(expiry);
	if (warning !== undefined) {
		talk.say(warning, toneOf(expiry!));
	}
}

/** How long the installed certificate is valid, in a few words. */
export function expiryInWords(expiry: Expiry): {words: string; tone: Tone} {
	return {words: `Certificate valid to ${expiry.notAfter.slice(0, 10)}, ${daysInWords(expiry.daysLeft)}`, tone: toneOf(expiry)};
}

/** From the last week on it is bad. */
function toneOf({warning}: Expiry): Tone {
	return warning === undefined ? 'dim' : warning > 7 ? 'warning' : 'bad';
}
