import type {Certificate} from '../parse/certificate.js';
import {daysBetween, daysOfWarning} from '../describe/expiry.js';
import {otherOids} from '../parse/extensions.js';
import {longestForApple, publicLifetimes, publicLifetimesSource} from './dated-facts.js';
import {refuse, warn, type FindingDraft} from './finding.js';
import {inUtc} from '../describe/format-time.js';

/** Whether a certificate is valid at this moment, and for a sensible time. */
export function dateFindings(certificate: Certificate, at: Date): FindingDraft[] {
	const {notBefore, notAfter} = certificate;
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
	return [...early, ...lengthFindings(certificate, at)];
}

/** Whether a valid certificate ends soon, or lasts longer than clients accept. */
function lengthFindings(certificate: Certificate, at: Date): FindingDraft[] {
	const {notBefore, notAfter} = certificate;
	const to = inUtc(notAfter);
	const left = daysBetween(at, notAfter);
	const soon =
		left < daysOfWarning(notBefore, notAfter)
			? [warn('expires-soon', `The certificate expires on ${to}: ${left} days are left.`, 'Ask the CA for a new one soon.')]
			: [];
	const days = daysBetween(notBefore, notAfter);
	const limit = longestFor(certificate);
	const long =
		days > limit.days
			? [
					warn(
						'long-validity',
						`The certificate is valid for ${days} days, until ${to}; ${limit.who} refuse more than ${limit.days}.`,
						'It works with most clients; ask the CA for a shorter validity the next time.',
					),
				]
			: [];
	return [...soon, ...long];
}

/** Only public CAs log what they issue, so a certificate with timestamps of logs is judged by their rules. */
function longestFor({extensions, notBefore}: Certificate): {days: number; who: string} {
	const isPublic = extensions.some(({oid}) => oid === otherOids.signedTimestamps);
	const limit = isPublic ? publicLifetimes.find(({from}) => notBefore >= from) : undefined;
	return limit === undefined
		? {days: longestForApple, who: 'some clients'}
		: {days: limit.days, who: `for a certificate of a public CA from then on clients (${publicLifetimesSource})`};
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
