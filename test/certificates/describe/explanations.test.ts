// Whatever the check reports is explained: the table is complete by its type, and it is held against what the tables of cases report.
import test from 'ava';
import {explanations} from '../../../src/certificates/describe/explanations.js';
import {tanos} from '../../helpers/appliance.js';
import {allCases} from '../fixtures/all-cases.js';

test('every finding of the tables is explained, in words', t => {
	const ids = new Set(allCases.flatMap(({findings}) => findings.map(finding => finding.replace(/^\w+ /, ''))));
	t.deepEqual(
		[...ids].filter(id => !explanations.has(id)),
		[],
	);
	for (const [id, {reason, example, fix}] of explanations) {
		t.true(
			[reason, example, fix].every(words => words.length > 3),
			id,
		);
	}
});

test('tanos certificate explain prints one, lists all, and suggests a similar one', async t => {
	const one = await tanos(['certificate', 'explain', 'chain-order']);
	t.regex(one.stdout, /^Finding: +chain-order\nReason: +\S.*\nExample: +root, intermediate, server\nFix: +\S/);
	t.deepEqual((await tanos(['certificate', 'explain'])).stdout.split('\n'), [...explanations.keys()]);
	const none = await tanos(['certificate', 'explain', 'chain-ordr']);
	t.is(none.exitCode, 2);
	t.regex(none.stderr, /Did you mean chain-order\?/);
});
