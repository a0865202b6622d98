import {readFile} from 'node:fs/promises';
import test from 'ava';
import {install, planInstallation} from '../../src/installation/install.js';
import {describeOutcome} from '../../src/installation/outcome.js';
import {assertValid, makeRig, uploadOther} from './fixtures/appliance.js';
import {now, report} from './fixtures/install.js';
import {readInbox} from './fixtures/site.js';

test('a certificate in the file that is no part of the chain, of which the check only warns, does not matter', async t => {
	const rig = await makeRig(t);
	await uploadOther(rig);
	const fresh = await readInbox(rig.layout);
	const other = await readFile(rig.layout.moduleServerCertificate);
	const pair = {...fresh, certificate: Buffer.concat([fresh.certificate, other, fresh.certificate])};
	const outcome = await install(rig, await planInstallation(rig, pair, {user: 'tanadmin', from: 'console', now}), report);
	t.is(outcome.kind, 'installed', describeOutcome(outcome).join('\n'));
	await assertValid(t, rig, 'installed');
});
