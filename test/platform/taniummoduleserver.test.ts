import {once} from 'node:events';
import {readFile, rm, writeFile} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import {Agent, request} from 'node:https';
import path from 'node:path';
import {leasesIn, publishCertificate, removeEnded} from '../../src/appliance/trusted-servers.js';
import {certificatesIn, fingerprintOf} from '../../src/certificates/parse/pem.js';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import {serviceLog} from '../../src/services/processes.js';
import {pemOf} from '../certificates/fixtures/files.js';
import {pkcs8} from '../certificates/fixtures/keys.js';
import {issuePair, newAuthority} from '../helpers/authority.js';
import {getThroughOpenssl, openssl} from '../helpers/openssl.js';
import {installPair, leafOf, makeSandbox, type Sandbox, sandboxName, startSandbox, writePair} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

const test = testWith('openssl');

function soapPair({layout}: Sandbox): string[] {
	return ['-cert', layout.soapCertificate, '-key', layout.soapKey];
}

test('the registered Tanium Server can connect with TLS 1.2 and 1.3', async t => {
	const sandbox = await startSandbox(t);
	const {
		layout,
		identity: {ports},
	} = sandbox;
	for (const version of ['-tls1_2', '-tls1_3']) {
		const {code, output} = await getThroughOpenssl(ports.moduleServer, '/status', version, ...soapPair(sandbox));
		t.is(code, 0);
		t.true(output.includes('HTTP/1.1 200 OK'));
		t.true(output.includes(`"trusts":["${fingerprintOf(await leafOf(layout.soapCertificate))}"]`));
	}
});

test('a client with another certificate, or with none, is refused', async t => {
	const {
		layout,
		identity: {ports},
		services,
	} = await makeSandbox(t);
	await services.start('taniummoduleserver');
	const [certificate, key] = [path.join(layout.root, 'other.crt'), path.join(layout.root, 'other.key')];
	await writePair(certificate, key);
	for (const version of ['-tls1_2', '-tls1_3']) {
		for (const shown of [['-cert', certificate, '-key', key], []]) {
			const {code, output} = await getThroughOpenssl(ports.moduleServer, '/status', version, ...shown);
			t.not(code, 0);
			t.false(output.includes('HTTP/'));
		}
	}

	await services.stop('taniummoduleserver');
	const log = await readFile(serviceLog('taniummoduleserver', layout), 'utf8');
	t.is(log.match(/Refused a connection: trusted\.crt lacks its certificate\./g)?.length, 2);
	t.is(log.match(/Refused a connection: it presented no certificate\./g)?.length, 2);
});

test('without a trust file no client is trusted', async t => {
	const sandbox = await makeSandbox(t);
	await rm(sandbox.layout.trustedTaniumServers);
	await sandbox.services.start('taniummoduleserver');
	const {code, output} = await getThroughOpenssl(sandbox.identity.ports.moduleServer, '/status', ...soapPair(sandbox));
	t.not(code, 0);
	t.false(output.includes('HTTP/'));
});

test('a listed certificate that a CA issued is trusted; the CA and its other certificates are not', async t => {
	const sandbox = await makeSandbox(t);
	const {
		layout,
		identity: {ports},
		services,
	} = sandbox;
	const at = (name: string) => path.join(layout.root, name);
	const issuer = await newAuthority();
	await writeFile(at('ca.crt'), pemOf(issuer.certificate));
	await writeFile(at('ca.key'), pkcs8(issuer.pair.privateKey));
	await issuePair(issuer, layout.soapCertificate, layout.soapKey);
	await issuePair(issuer, at('sibling.crt'), at('sibling.key'));
	await writeFile(layout.trustedTaniumServers, await readFile(layout.soapCertificate));
	await services.start('taniummoduleserver');
	const ask = async (...words: string[]) => getThroughOpenssl(ports.moduleServer, '/status', ...words);
	t.is((await ask(...soapPair(sandbox))).code, 0);
	t.not((await ask('-cert', at('sibling.crt'), '-key', at('sibling.key'))).code, 0);
	t.not((await ask('-cert', at('ca.crt'), '-key', at('ca.key'))).code, 0);
});

test('a certificate issued by a trusted certificate is not trusted', async t => {
	const {
		layout,
		identity: {ports},
		services,
	} = await makeSandbox(t);
	const at = (name: string) => path.join(layout.root, name);
	const issuer = await newAuthority();
	await issuePair(issuer, at('child.crt'), at('child.key'));
	await writeFile(layout.trustedTaniumServers, pemOf(issuer.certificate));
	await services.start('taniummoduleserver');
	const {output} = await getThroughOpenssl(ports.moduleServer, '/status', '-cert', at('child.crt'), '-key', at('child.key'));
	t.false(output.includes('HTTP/'));
	await services.stop('taniummoduleserver');
	t.regex(await readFile(serviceLog('taniummoduleserver', layout), 'utf8'), /Refused a connection: trusted\.crt lacks its certificate\./);
});

test('a listed certificate without client authentication is not trusted', async t => {
	const sandbox = await makeSandbox(t);
	const {
		layout,
		identity: {ports},
		services,
	} = sandbox;
	const {soapCertificate, soapKey} = layout;
	const serverOnly = ['-subj', '/CN=ts1.example.com', '-addext', 'extendedKeyUsage=serverAuth'];
	await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...serverOnly, '-keyout', soapKey, '-out', soapCertificate);
	await writeFile(layout.trustedTaniumServers, await readFile(soapCertificate));
	await services.start('taniummoduleserver');
	t.false((await getThroughOpenssl(ports.moduleServer, '/status', ...soapPair(sandbox))).output.includes('HTTP/'));
	await services.stop('taniummoduleserver');
	t.regex(await readFile(serviceLog('taniummoduleserver', layout), 'utf8'), /its certificate is not for TLS client authentication\./);
});

test('a listed certificate that has expired is not trusted', async t => {
	const sandbox = await makeSandbox(t);
	const {
		layout,
		identity: {ports},
		services,
	} = sandbox;
	const {certificate, key} = await selfSignedPair({hostnames: [sandboxName], days: 1, from: new Date('2020-01-01')});
	await Promise.all([layout.soapCertificate, layout.trustedTaniumServers].map(async file => writeFile(file, certificate)));
	await writeFile(layout.soapKey, key);
	await services.start('taniummoduleserver');
	t.false((await getThroughOpenssl(ports.moduleServer, '/status', ...soapPair(sandbox))).output.includes('HTTP/'));
	await services.stop('taniummoduleserver');
	t.regex(await readFile(serviceLog('taniummoduleserver', layout), 'utf8'), /its certificate has expired\./);
});

test('requests for patch are forwarded without TLS, and get a 502 when patch does not answer', async t => {
	const sandbox = await startSandbox(t);
	const {
		identity: {ports},
		services,
	} = sandbox;
	const ask = async (path: string) => (await getThroughOpenssl(ports.moduleServer, path, ...soapPair(sandbox))).output;
	t.true((await ask('/services/patch/health')).includes('{"ok":true}'));
	t.true((await ask('/services/patch/nothing')).includes('HTTP/1.1 404'));
	t.true((await ask('/services/other/health')).includes('HTTP/1.1 404'));
	await services.stop('patch');
	t.true((await ask('/services/patch/health')).includes('HTTP/1.1 502'));
});

test('a published certificate is trusted at once, and for good after it was presented', async t => {
	const sandbox = await makeSandbox(t);
	const {layout, identity, services} = sandbox;
	await services.start('taniummoduleserver');
	await installPair(layout);
	const fresh = await leafOf(layout.soapCertificate);
	const asked = async () =>
		(await getThroughOpenssl(identity.ports.moduleServer, '/status', ...soapPair(sandbox))).output.includes('200 OK');
	t.false(await asked());
	await publishCertificate(layout, {name: sandboxName, port: 8443}, fresh, new Date(Date.now() + 60_000));
	t.true(await asked());
	while (leasesIn(await readFile(layout.leases, 'utf8'))[fingerprintOf(fresh)] !== undefined) {
		t.true(await asked()); // The lease is removed after the handshake.
	}

	await removeEnded(layout, new Date(Date.now() + 120_000));
	t.true(await asked());
});

test('a certificate whose lease has ended is not trusted any more, and it is removed', async t => {
	const sandbox = await makeSandbox(t);
	const {layout, identity, services} = sandbox;
	await installPair(layout);
	await publishCertificate(layout, {name: sandboxName, port: 8443}, await leafOf(layout.soapCertificate), new Date(Date.now() - 1));
	await services.start('taniummoduleserver');
	t.false((await getThroughOpenssl(identity.ports.moduleServer, '/status', ...soapPair(sandbox))).output.includes('200 OK'));
	while (certificatesIn(await readFile(layout.trustedTaniumServers)).length > 1) {
		await getThroughOpenssl(identity.ports.moduleServer, '/status', ...soapPair(sandbox));
	}

	t.deepEqual(leasesIn(await readFile(layout.leases, 'utf8')), {});
});

test('a connection that is open when its certificate is removed from trusted.crt is closed at its next request', async t => {
	const {layout, identity, services} = await makeSandbox(t);
	await services.start('taniummoduleserver');
	const [cert, key] = await Promise.all([readFile(layout.soapCertificate), readFile(layout.soapKey)]);
	const agent = new Agent({keepAlive: true, maxSockets: 1});
	const ask = async () => {
		const asked = request({port: identity.ports.moduleServer, path: '/status', agent, cert, key, rejectUnauthorized: false}).end();
		const [response] = (await once(asked, 'response')) as [IncomingMessage];
		await response.toArray();
		return [response.statusCode, asked.reusedSocket];
	};
	t.deepEqual(await ask(), [200, false]);
	t.deepEqual(await ask(), [200, true]);
	await rm(layout.trustedTaniumServers);
	await t.throwsAsync(ask(), {code: 'ECONNRESET'});
	agent.destroy();
});
