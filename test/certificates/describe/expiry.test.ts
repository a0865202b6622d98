import test from 'ava';
import {formatDays, expiryOf, expiryWarning} from '../../../src/certificates/describe/expiry.js';
import {chainWith, goodKey} from '../fixtures/files.js';
import {at, daysFromNow} from '../fixtures/make.js';

const dayOf = (days: number) => daysFromNow(days).toISOString().slice(0, 10);
const expiryIn = (days: number) => expiryOf(Buffer.from(chainWith({notAfter: daysFromNow(days)})), at)!;

for (const [days, warning, left] of [
	[200, undefined, '200 days left'],
	[31, undefined, '31 days left'],
	[30, 30, '30 days left'],
	[14.5, 30, '14 days left'],
	[14, 14, '14 days left'],
	[7.1, 14, '7 days left'],
	[7, 7, '7 days left'],
	[1.5, 7, '1 day left'],
	[1, 1, '1 day left'],
	[0.1, 1, 'less than a day left'],
	[-0.1, 0, 'expired'],
	[-40, 0, 'expired'],
] as const) {
	test(`a certificate that ends in ${days} days has the warning ${warning}`, t => {
		const expiry = expiryIn(days);
		t.is(expiry.warning, warning);
		t.is(formatDays(expiry.daysLeft), left);
		t.is(expiryWarning(expiry) === undefined, warning === undefined);
	});
}

test('each warning has the date and what to do, with increasing urgency', t => {
	t.is(
		expiryWarning(expiryIn(20)),
		`The installed certificate expires on ${dayOf(20)} (20 days left). Make a request for the next one: 2-C-1.`,
	);
	t.is(expiryWarning(expiryIn(-2)), `The installed certificate expired on ${dayOf(-2)}. Clients refuse it. Install another one now: 2-4.`);
	t.is(new Set([30, 14, 7, 1, -1].map(days => expiryWarning(expiryIn(days))!.split('. ').slice(1).join())).size, 5);
});

for (const [lifetime, days, warning] of [
	[90, 30.1, undefined],
	[90, 29.9, 30],
	[47, 15.7, undefined],
	[47, 15.6, 30],
	[47, 6.9, 7],
	[6, 5, 7],
	[20, 13.9, 14],
	[20, 14.1, undefined],
] as const) {
	test(`a certificate for ${lifetime} days that ends in ${days} has the warning ${warning}`, t => {
		const [notBefore, notAfter] = [daysFromNow(days - lifetime), daysFromNow(days)];
		t.is(expiryOf(Buffer.from(chainWith({notBefore, notAfter})), at)?.warning, warning);
	});
}

test('a file without a certificate has no expiry', t => {
	t.is(expiryOf(Buffer.from(goodKey()), at), undefined);
	t.is(expiryOf(Buffer.alloc(0), at), undefined);
});
