// A Tanium Server as a child of the test, for an environment that services do not inherit.
import {on} from 'node:events';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {packageRoot} from '../../src/services/package-root.js';

export type InFront = {
	/** The signal that ended it. */
	signal: Promise<string | undefined>;
	/** Ends it, if it still runs. */
	end(): Promise<void>;
};

/** Starts the Tanium Server of an appliance, whose service must be stopped. Resolves when it is ready. */
export async function taniumServerInFront(t: ExecutionContext, root: string, env: Record<string, string>): Promise<InFront> {
	const program = path.join(packageRoot(), 'build', 'taniumserver.js');
	const child = execa(process.execPath, [program, '--root', root], {env, reject: false, stdin: 'ignore'});
	t.teardown(() => child.kill('SIGKILL'));
	for await (const [part] of on(child.stdout, 'data', {close: ['end']}) as AsyncIterable<[Buffer]>) {
		if (part.includes('Ready on')) {
			break;
		}
	}

	return {
		signal: child.then(({signal}) => signal),
		async end() {
			child.kill('SIGTERM');
			await child;
		},
	};
}
