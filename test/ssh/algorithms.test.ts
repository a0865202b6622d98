// ssh-audit's opinion of what the server offers.
import test from 'ava';
import {execa} from 'execa';
import {servedAppliance} from './served.js';

/**
 * What is said all the same: Debian's ssh-audit does not know OpenSSH's mark of strict key exchange (CVE-2023-48795), which is the
 * cure and no disease; and two MACs are there for the curl of Debian 12, whose libssh2 has none of the encrypt-then-MAC kind.
 */
const known = ['(kex) kex-strict-s-v00@openssh.com', '(mac) hmac-sha2-256', '(mac) hmac-sha2-512'];

test('ssh-audit finds no failure, and no warning but the known ones', async t => {
	const {port} = await servedAppliance(t);
	const {stdout} = await execa('ssh-audit', ['-n', '-p', String(port), '127.0.0.1'], {reject: false});
	t.regex(stdout, /\(kex\) curve25519-sha256 /);
	const said = stdout.split('\n').filter(line => /\[(?:fail|warn)\]/.test(line));
	t.deepEqual(said.filter(line => line.includes('[fail]')), []);
	t.deepEqual(said.map(line => line.split('--')[0]!.trim()).toSorted(), known.toSorted());
});
