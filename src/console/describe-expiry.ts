import {formatDays, expiryWarning, type Expiry} from '../certificates/describe/expiry.js';
import type {Conversation, Tone} from './conversation.js';

/** Prints a warning when the installed certificate expires soon. */
export function printExpiry(conversation: Pick<Conversation, 'print'>, expiry: Expiry | undefined): void {
	for (const {text, tone} of noteOfExpiry(expiry)) {
		conversation.print(text, tone);
	}
}

/** The warning when the installed certificate expires soon; none otherwise. */
export function noteOfExpiry(expiry: Expiry | undefined): Array<{text: string; tone: Tone}> {
	const warning = expiry && expiryWarning(expiry);
	return warning === undefined ? [] : [{text: warning, tone: toneOf(expiry!)}];
}

/** How long the installed certificate is valid, for the main menu. */
export function describeExpiry(expiry: Expiry): {text: string; tone: Tone} {
	return {text: `Certificate valid to ${expiry.notAfter.slice(0, 10)}, ${formatDays(expiry.daysLeft)}`, tone: toneOf(expiry)};
}

/** A certificate in its last week, or expired, is bad. */
function toneOf({warning}: Expiry): Tone {
	return warning === undefined ? 'dim' : warning > 7 ? 'warning' : 'bad';
}
