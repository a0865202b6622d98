import {once} from 'node:events';
import {readFile, rm, stat, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {connect} from 'node:tls';
import test from 'ava';
import {Problem} from '../../src/problem.js';
import {presentedBy} from '../../src/services/probe.js';
import {serviceLog} from '../../src/services/processes.js';
import {serviceNames} from '../../src/services/service.js';
import {ended, installPair, leafOf, makeSandbox, sandboxName, startSandbox, writePair} from '../helpers/sandbox.js';

const failed = {instanceOf: Problem, code: 'service-failed'};

test('each service starts, reports when it was started, and stops', async t => {
	const {services} = await startSandbox(t);
	const states = await Promise.all(serviceNames.map(async name => services.state(name)));
	t.true(states.every(state => state.running && state.pid !== process.pid));
	await Promise.all(serviceNames.map(async name => services.stop(name)));
	t.deepEqual(
		await Promise.all(serviceNames.map(async name => services.state(name))),
		serviceNames.map(name => ({name, running: false})),
	);
	await t.notThrowsAsync(services.stop('patch'));
});

test('a service reads its files when it starts, and only then', async t => {
	const {layout, identity, services} = await makeSandbox(t);
	const served = {port: identity.ports.console, servername: sandboxName};
	await services.start('taniumserver');
	const old = await leafOf(layout.soapCertificate);
	t.deepEqual(await presentedBy(served), [old]);
	await installPair(layout);
	t.deepEqual(await presentedBy(served), [old]);
	await services.restart('taniumserver');
	t.deepEqual(await presentedBy(served), [await leafOf(layout.soapCertificate)]);
});

test('a key that does not match its certificate is reported in one line', async t => {
	const {layout, services} = await makeSandbox(t);
	await writePair(`${layout.root}/other.crt`, layout.soapKey);
	const message = `taniumserver did not start: SOAPServer.key does not belong to ${layout.soapCertificate}.`;
	await t.throwsAsync(services.start('taniumserver'), {...failed, message});
});

test('files that are missing or of the wrong kind are named', async t => {
	const {layout, services} = await makeSandbox(t);
	await rm(layout.soapKey);
	await t.throwsAsync(services.start('taniumserver'), {...failed, message: `taniumserver did not start: ${layout.soapKey} is missing.`});
	await writeFile(layout.soapKey, 'not a key\n');
	await t.throwsAsync(services.start('taniumserver'), {...failed, message: /SOAPServer\.key is not a private key in PEM format/});
	await writeFile(layout.moduleServerCertificate, await leafOf(layout.moduleServerCertificate));
	await t.throwsAsync(services.start('taniummoduleserver'), {...failed, message: /ssl\.crt is not a certificate in PEM format/});
	await writeFile(layout.trustedTaniumServers, '-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----\n');
	await t.throwsAsync(services.start('patch'), {...failed, message: /trusted\.crt cannot be read as certificates/});
	await rm(layout.identity);
	await t.throwsAsync(services.start('patch'), {...failed, message: /There is no appliance in/});
});

test('a port that another program holds is named', async t => {
	const {identity, services} = await makeSandbox(t);
	const holder = createServer().listen(identity.ports.patch, '127.0.0.1');
	await once(holder, 'listening');
	t.teardown(() => holder.close());
	await t.throwsAsync(services.start('patch'), {
		...failed,
		message: `patch did not start: Port ${identity.ports.patch} on 127.0.0.1 is in use by another program.`,
	});
});

test('a stop closes a connection in the middle of a request, without SIGKILL', async t => {
	const {layout, identity, services} = await makeSandbox(t);
	await services.start('taniumserver');
	const slow = connect({host: '127.0.0.1', port: identity.ports.console, rejectUnauthorized: false});
	slow.write('POST /api/v2/session/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n');
	await once(slow, 'data'); // 100 Continue: now it waits for a body that never comes.
	const closed = ended(slow);
	await services.stop('taniumserver');
	await closed;
	t.regex(await readFile(serviceLog('taniumserver', layout), 'utf8'), /\n\d{4}-\d\d-\d\dT[\d:.]+Z Stopped\.\n$/);
});

test('a new log is not accessible to other users', async t => {
	const {layout, services} = await makeSandbox(t);
	await services.start('patch');
	t.is((await stat(serviceLog('patch', layout))).mode & 0o007, 0);
});
