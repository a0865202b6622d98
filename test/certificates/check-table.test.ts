// The table of what may be wrong with a pair: one test per row, with exactly the findings it must have.
import test from 'ava';
import {checkPair, type CheckResult} from '../../src/certificates/check.js';
import {allCases, isGood} from './fixtures/all-cases.js';
import type {Case} from './fixtures/case.js';
import {chainWith, certificateName, goodKey, keyName, uploaded} from './fixtures/files.js';
import {at} from './fixtures/make.js';

const hosts = ['ts1.example.com', 'ts2.example.com'];

const check = ({certificate = chainWith, key = goodKey}: Case): CheckResult =>
	checkPair(uploaded(certificateName, certificate()), uploaded(keyName, key()), {hosts, at});

for (const row of allCases) {
	test(`${row.name}: ${row.findings.join(', ') || 'accepted'}`, t => {
		const {ok, findings, pair} = check(row);
		t.deepEqual(
			findings.map(({severity, id}) => `${severity} ${id}`).sort(),
			[...row.findings].sort(),
			JSON.stringify(findings, undefined, 2),
		);
		t.is(ok, isGood(row));
		t.is(pair === undefined, !ok);
	});
}
