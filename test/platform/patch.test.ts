import {readFile, writeFile} from 'node:fs/promises';
import test from 'ava';
import {fingerprintOf} from '../../src/certificates/parse/pem.js';
import {installPair, leafOf, type Sandbox, startSandbox} from '../helpers/sandbox.js';

async function ask({identity}: Sandbox, path: string): Promise<unknown> {
	return (await fetch(`http://127.0.0.1:${identity.ports.patch}${path}`)).json();
}

test('it answers on localhost without TLS', async t => {
	t.deepEqual(await ask(await startSandbox(t), '/health'), {ok: true});
});

test('it trusts the Tanium Server whose certificate trusted.crt holds at the moment', async t => {
	const sandbox = await startSandbox(t);
	const {layout, services} = sandbox;
	const old = fingerprintOf(await leafOf(layout.soapCertificate));
	t.deepEqual(await ask(sandbox, '/tanium-server'), {ok: true, result: 'trusted.crt holds its certificate', presented: old});

	await installPair(layout);
	await services.restart('taniumserver');
	const fresh = fingerprintOf(await leafOf(layout.soapCertificate));
	const refused = {ok: false, reason: 'unknown-certificate', result: 'trusted.crt lacks its certificate', presented: fresh};
	t.deepEqual(await ask(sandbox, '/tanium-server'), refused);

	await writeFile(layout.trustedTaniumServers, await readFile(layout.soapCertificate));
	t.deepEqual(await ask(sandbox, '/tanium-server'), {ok: true, result: 'trusted.crt holds its certificate', presented: fresh});

	await services.stop('taniumserver');
	t.deepEqual(await ask(sandbox, '/tanium-server'), {ok: false, reason: 'no-listener', result: 'nothing answers on its port'});
});
