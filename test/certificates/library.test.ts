// The check as others import it: the package's own name, the built file, the same findings as data.
import test from 'ava';
import type * as library from '../../src/certificates/check.js';
import {certificateName, chainWith, goodKey, keyName, uploaded} from './fixtures/files.js';
import {at, daysFromNow} from './fixtures/make.js';

const name = 'tanos-console'; // A variable, for the compiler would look for a build that is made after it.

test('the package gives the findings as data', async t => {
	const {checkPair} = (await import(name)) as typeof library;
	const files = [uploaded(certificateName, chainWith({notAfter: daysFromNow(-1)})), uploaded(keyName, goodKey())] as const;
	const {ok, findings, pair} = checkPair(...files, {hosts: ['ts1.example.com'], at});
	t.false(ok);
	t.is(pair, undefined);
	t.deepEqual(
		findings.map(({id, severity, file}) => ({id, severity, file})),
		[{id: 'expired', severity: 'error', file: certificateName}],
	);
});
