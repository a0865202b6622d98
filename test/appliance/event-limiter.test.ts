import test from 'ava';
import {EventLimiter} from '../../src/appliance/event-limiter.js';

const limits = {perSource: {burst: 3, perMinute: 6}, inAll: {burst: 5, perMinute: 60}, maxSources: 10};

function limited() {
	const clock = {ms: 0};
	const limiter = new EventLimiter(limits, () => clock.ms);
	const admitted = (from: string, times: number) =>
		Array.from({length: times}, () => limiter.admits({event: 'ssh-refused', from})).filter(Boolean).length;
	return {clock, limiter, admitted};
}

test('one source has its burst, and then as many as its rate allows', t => {
	const {clock, admitted} = limited();
	t.is(admitted('10.0.0.1', 100), 3);
	clock.ms += 10_000;
	t.is(admitted('10.0.0.1', 100), 1);
	clock.ms += 3_600_000;
	t.is(admitted('10.0.0.1', 100), 3);
});

test('many sources together are bounded too, and one of them does not take the share of another', t => {
	const {admitted} = limited();
	t.is(admitted('10.0.0.1', 1000), 3);
	t.is(admitted('10.0.0.2', 1), 1);
	t.is(
		Array.from({length: 1000}, (_, number) => admitted(`10.0.1.${number}`, 1)).reduce((sum, count) => sum + count),
		1,
	);
});

test('what is refused is in one summary, with its events and sources', t => {
	const {limiter, admitted} = limited();
	admitted('10.0.0.1', 13);
	limiter.admits({event: 'sftp-download', from: '10.0.0.1'});
	t.like(limiter.takeSummary(), {
		event: 'events-not-logged',
		reason: 'rate',
		count: 11,
		events: ['ssh-refused: 10', 'sftp-download: 1'],
		sources: ['10.0.0.1: 11'],
	});
	t.is(limiter.takeSummary(), undefined);
});

test('a summary stays short, however many sources there are', t => {
	const {limiter, admitted} = limited();
	for (let number = 0; number < 50_000; number++) {
		admitted(`source ${number}`, 1);
	}

	const summary = limiter.takeSummary()!;
	t.is(summary['count'], 50_000 - 5);
	t.is((summary['sources'] as string[]).length, 10);
});
