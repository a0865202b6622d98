import type {Certificate} from '../parse/certificate.js';
import {daysBetween} from '../describe/expiry.js';
import {refuse, warn, type FindingDraft} from './finding.js';
import {inUtc} from '../describe/format-time.js';

/** A warning is given below this many days of remaining validity, and above this many of validity in all. */
const fewDaysLeft = 30;
const manyDays = 825;

/** Whether a certificate is valid at this moment, and for a sensible time. */
export function dateFindings({notBefore, notAfter}: Certificate, at: Date): FindingDraft[] {
	const clock = `The clock here says ${inUtc(at)}.`;
	const [from, to] = [inUtc(notBefore), inUtc(notAfter)];
	if (notAfter < notBefore) {
		return [refuse('dates-reversed', `The certificate ends (${to}) before it begins (${from}).`, 'Ask the CA to issue it anew.')];
	}

	if (at > notAfter) {
		return [
			refuse(
				'expired',
				`The certificate expired on ${to}, ${distance(notAfter, at)} ago. ${clock}`,
				'Ask the CA for a new one; check the clock if this is a surprise.',
			),
		];
	}

	const early =
		at < notBefore
			? [
					refuse(
						'not-yet-valid',
						`The certificate is valid from ${from}, in ${distance(at, notBefore)}. ${clock}`,
						waitingHint(notBefore, at),
					),
				]
			: [];
	return [...early, ...lengthFindings(notBefore, notAfter, at)];
}

/** Whether a valid certificate ends soon, or lasts longer than clients accept. */
function lengthFindings(notBefore: Date, notAfter: Date, at: Date): FindingDraft[] {
	const to = inUtc(notAfter);
	const left = daysBetween(at, notAfter);
	const soon =
		left < fewDaysLeft
			? [warn('expires-soon', `The certificate expires on ${to}: ${left} days are left.`, 'Ask the CA for a new one soon.')]
			: [];
	const days = daysBetween(notBefore, notAfter);
	const long =
		days > manyDays
			? [
					warn(
						'long-validity',
						`The certificate is valid for ${days} days, until ${to}; some clients refuse more than ${manyDays}.`,
						'It works with most clients; ask the CA for a shorter validity the next time.',
					),
				]
			: [];
	return [...soon, ...long];
}

function waitingHint(notBefore: Date, at: Date): string {
	return daysBetween(at, notBefore) < 1
		? "That is less than a day ahead: the clock or the time zone here, or the CA's, is probably wrong. Correct it, or wait."
		: 'Wait until then, or ask the CA for one that is valid now; check the clock if this is a surprise.';
}

/** In minutes, the longest first. */
const units: ReadonlyArray<[number, string]> = [
	[1440, 'day'],
	[60, 'hour'],
	[1, 'minute'],
];

function distance(from: Date, to: Date): string {
	const minutes = Math.max(1, Math.round((to.getTime() - from.getTime()) / 60_000));
	const [size, unit] = units.find(([minutesInUnit]) => minutes >= 2 * minutesInUnit) ?? [1, 'minute'];
	const amount = Math.floor(minutes / size);
	return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
