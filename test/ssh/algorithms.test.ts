// ssh-audit's opinion of what the server offers.
import test from 'ava';
import {execa} from 'execa';
import {servedAppliance} from './served.js';

/** Debian's ssh-audit does not know OpenSSH's mark of strict key exchange (CVE-2023-48795), which is the cure and no disease. */
const unknownToIt = 'kex-strict-s-v00@openssh.com';

test('ssh-audit finds no failure, and no warning but of what it does not know', async t => {
	const {port} = await servedAppliance(t);
	const {stdout} = await execa('ssh-audit', ['-n', '-p', String(port), '127.0.0.1'], {reject: false});
	t.regex(stdout, /\(kex\) curve25519-sha256 /);
	t.deepEqual(stdout.split('\n').filter(line => /\[(?:fail|warn)\]/.test(line) && !line.includes(unknownToIt)), []);
});
