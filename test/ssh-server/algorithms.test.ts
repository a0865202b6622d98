// ssh-audit's opinion of what the server offers.
import {execa} from 'execa';
import {testWith} from '../helpers/test-with.js';
import {servedAppliance} from './served.js';

const test = testWith('ssh-audit');

/** Debian's ssh-audit does not know OpenSSH's mark of strict key exchange (CVE-2023-48795), which is the cure and no disease. */
const unknownToIt = 'kex-strict-s-v00@openssh.com';

/** The curl of Debian 12 cannot connect without it; see transport.ts. Every other client that is tried finds a better one before it. */
const forLibssh2 = '(mac) hmac-sha2-256 -- [warn] using encrypt-and-MAC mode';

test('ssh-audit finds no failure, and warns only of algorithms it does not know and of the one MAC for old clients', async t => {
	const {port} = await servedAppliance(t);
	const {stdout} = await execa('ssh-audit', ['-n', '-p', String(port), '127.0.0.1'], {reject: false});
	t.regex(stdout, /\(kex\) curve25519-sha256 /);
	t.deepEqual(
		stdout
			.split('\n')
			.filter(line => /\[(?:fail|warn)\]/.test(line) && !line.includes(unknownToIt))
			.map(line => line.replaceAll(/ +/g, ' ')),
		[forLibssh2],
	);
});
