import {createRequire} from 'node:module';
import process from 'node:process';
import test from 'ava';
import {ssh2} from '../../src/ssh-keys/ssh2.js';

test('ssh2 works, and no native addon of it is loaded', t => {
	const require = createRequire(import.meta.url);
	t.truthy(ssh2.Server);
	t.false((require('ssh2/lib/protocol/crypto.js') as {bindingAvailable: boolean}).bindingAvailable);
	Object.assign(process.report, {excludeNetwork: true});
	const {sharedObjects} = process.report.getReport() as unknown as {sharedObjects: string[]};
	t.true(sharedObjects.length > 0);
	t.deepEqual(
		sharedObjects.filter(file => /sshcrypto|cpufeatures/.test(file)),
		[],
	);
});
