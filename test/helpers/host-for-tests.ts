import test from 'ava';
import {bootHost, type Host} from './host.js';
import {startConsole} from './host-console.js';
import {installNginx} from './host-services.js';
import {useTarget} from './host-targets.js';

/** One host for the tests of a file: it is booted by the first test that asks for it, and removed after the last. */
export function hostForTests(): () => Promise<Host> {
	let host: Promise<Host> | undefined;
	test.after.always('remove the host', async () => (await host)?.remove());
	return async () => {
		host ??= bootHost();
		return host;
	};
}

/** The same with the console, and nginx as its only target, which runs. */
export function consoleForTests(): () => Promise<Host> {
	const booted = hostForTests();
	let prepared: Promise<Host> | undefined;
	return async () => {
		prepared ??= prepare(await booted());
		return prepared;
	};
}

async function prepare(host: Host): Promise<Host> {
	await installNginx(host);
	await useTarget(host, 'nginx');
	await host.run(['systemctl', 'start', 'nginx']);
	await startConsole(host);
	return host;
}
