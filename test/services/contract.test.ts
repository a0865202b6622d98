// What every implementation of Services promises, tried on processes of this user and on units of a booted Debian.
import {readFile, writeFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import {Problem} from '../../src/problem.js';
import type {ServiceName, Services, UnitName} from '../../src/services/service.js';
import {hostForTests} from '../helpers/host-for-tests.js';
import {installNginx, nginxUnit} from '../helpers/host-services.js';
import {startSandbox} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {servicesOn} from './fixtures/services-on-host.js';

type Subject = {
	services: Services;
	/** A service that presents a certificate. */
	name: ServiceName | UnitName;
	/** Makes it unable to start, and able again. */
	spoil(): Promise<void>;
	restore(): Promise<void>;
	/** Ends its process as a crash does. */
	kill(pid: number): Promise<void>;
};

async function assertContract(t: ExecutionContext, {services, name, spoil, restore, kill}: Subject): Promise<void> {
	await services.start(name);
	const first = await services.state(name);
	t.true(first.running && Math.abs(Date.now() - first.since.getTime()) < 60_000);
	await services.start(name);
	t.deepEqual(processIn(await services.state(name)), processIn(first), 'a start of what runs changes nothing');
	await services.check(name);

	await services.restart(name);
	const second = await services.state(name);
	t.true(second.running);
	t.notDeepEqual(processIn(second), processIn(first));

	await services.stop(name);
	await services.stop(name);
	t.deepEqual(await services.state(name), {name, running: false});

	await spoil();
	const end = await services.logEnd(name);
	for (let attempt = 0; attempt < 6; attempt++) {
		const error = await t.throwsAsync(services.start(name), {instanceOf: Problem, code: 'service-failed'});
		t.regex(error?.message ?? '', /did not start: .*(?:PEM|no start line)/, 'with the reason that the service itself gave');
	}

	t.deepEqual(await services.state(name), {name, running: false}, 'it is not tried again behind our back');
	t.regex((await services.logSince(name, end, 5)).join('\n'), /PEM|no start line/);
	await restore();
	await services.start(name);
	const third = await services.state(name);
	t.true(third.running, 'earlier failures do not count');
	await kill(third.running ? third.pid : 0);
	await services.start(name);
	t.notDeepEqual(processIn(await services.state(name)), processIn(third));
}

function processIn(state: Awaited<ReturnType<Services['state']>>): string | undefined {
	return state.running ? state.process : undefined;
}

test('processes', async t => {
	const {services, layout} = await startSandbox(t);
	const key = await readFile(layout.soapKey);
	await assertContract(t, {
		services,
		name: 'taniumserver',
		spoil: async () => writeFile(layout.soapKey, 'not a key'),
		restore: async () => writeFile(layout.soapKey, key),
		async kill(pid) {
			process.kill(pid, 'SIGKILL');
			while ((await services.state('taniumserver')).running) {
				// The kernel has not ended it yet.
			}
		},
	});
});

const theHost = hostForTests();

testWith('debootstrap').serial('units of systemd', async t => {
	const host = await theHost();
	const key = await installNginx(host);
	await assertContract(t, {
		services: servicesOn(host, {[nginxUnit]: [{port: 8443, servername: 'www.example.com'}]}),
		name: nginxUnit,
		spoil: async () => writeFile(host.at('/etc/tls/nginx.key'), 'not a key'),
		restore: async () => writeFile(host.at('/etc/tls/nginx.key'), key),
		async kill(pid) {
			await host.run(['kill', '-KILL', String(pid)]);
			await host.run(['systemctl', 'stop', nginxUnit]);
		},
	});
});
