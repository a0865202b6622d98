// The table of what may be wrong with a pair: one test per row, with exactly the findings it must have.
import test from 'ava';
import {checkPair, type CheckResult} from '../../src/certificates/check.js';
import type {Case} from './fixtures/case.js';
import {chainCases} from './fixtures/chain-cases.js';
import {certificateCases} from './fixtures/certificate-cases.js';
import {certificateFileCases} from './fixtures/certificate-file-cases.js';
import {chainWith, certificateName, goodKey, keyName, uploaded} from './fixtures/files.js';
import {keyCases} from './fixtures/key-cases.js';
import {at} from './fixtures/make.js';
import {nameCases} from './fixtures/name-cases.js';

const hosts = ['ts1.example.com', 'ts2.example.com'];
const cases = [...certificateFileCases, ...keyCases, ...chainCases, ...certificateCases, ...nameCases];

const check = ({certificate = chainWith, key = goodKey}: Case): CheckResult =>
	checkPair(uploaded(certificateName, certificate()), uploaded(keyName, key()), {hosts, at});

for (const row of cases) {
	test(`${row.name}: ${row.findings.join(', ') || 'accepted'}`, t => {
		const {ok, findings, pair} = check(row);
		t.deepEqual(
			findings.map(({severity, id}) => `${severity} ${id}`).sort(),
			[...row.findings].sort(),
			JSON.stringify(findings, undefined, 2),
		);
		t.is(ok, !row.findings.some(finding => finding.startsWith('error')));
		t.is(pair === undefined, !ok);
	});
}
