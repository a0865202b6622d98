import test from 'ava';
import {describeRole, hasServer, roles} from '../../src/appliance/roles.js';

test('every role has a description', t => {
	t.deepEqual(
		roles.map(role => describeRole(role)),
		['All-in-One', 'Tanium Server', 'Tanium Module Server'],
	);
});

test('an appliance has the servers of its role', t => {
	t.deepEqual(
		roles.map(role => [hasServer(role, 'Tanium Server'), hasServer(role, 'Module Server')]),
		[
			[true, true],
			[true, false],
			[false, true],
		],
	);
});
