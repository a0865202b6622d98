import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {layoutOf} from '../../src/appliance/layout.js';
import {Problem} from '../../src/problem.js';
import {powerOn} from '../../src/services/power.js';
import {serviceNames, type Services} from '../../src/services/service.js';
import {temporaryFolder} from '../helpers/sandbox.js';

/** Services that only remember what was started. */
function rememberingServices(fail?: (name: string) => void): {services: Services; started: string[]} {
	const started: string[] = [];
	const services: Services = {
		names: serviceNames,
		state: async name => ({name, running: false}),
		async start(name) {
			started.push(name);
			fail?.(name);
		},
		stop: async () => undefined,
		restart: async () => undefined,
		reload: async () => undefined,
		dependents: async () => [],
		check: async () => undefined,
		logEnd: async () => '',
		logSince: async () => [],
	};
	return {services, started};
}

const step = async <Result>(_: string, work: () => Promise<Result>) => work();

test('all services start once per boot of the machine, in their order', async t => {
	const layout = layoutOf(await temporaryFolder(t));
	const {services, started} = rememberingServices();
	t.deepEqual(await powerOn(layout, services, step), []);
	t.deepEqual(started, [...serviceNames]);
	await powerOn(layout, services, step);
	t.is(started.length, serviceNames.length);
	await writeFile(path.join(layout.run, 'boot'), 'an earlier boot');
	await powerOn(layout, services, step);
	t.is(started.length, 2 * serviceNames.length);
});

test('a service that does not start is reported, and the others start', async t => {
	const {services, started} = rememberingServices(name => {
		if (name === 'taniumserver') {
			throw new Problem('service-failed', 'The key is missing.', 'See the log.');
		}
	});
	t.deepEqual(await powerOn(layoutOf(await temporaryFolder(t)), services, step), ['The key is missing. See the log.']);
	t.deepEqual(started, [...serviceNames]);
});

test('a bug is not mistaken for a service that does not start', async t => {
	const {services} = rememberingServices(() => {
		throw new TypeError('a bug');
	});
	await t.throwsAsync(powerOn(layoutOf(await temporaryFolder(t)), services, step), {instanceOf: TypeError});
});
