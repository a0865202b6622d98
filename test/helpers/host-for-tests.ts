import test from 'ava';
import {bootHost, type Host} from './host.js';

/** One host for the tests of a file: it is booted by the first test that asks for it, and removed after the last. */
export function hostForTests(): () => Promise<Host> {
	let host: Promise<Host> | undefined;
	test.after.always('remove the host', async () => (await host)?.remove());
	return async () => {
		host ??= bootHost();
		return host;
	};
}
