// ssh2 without native addons. Its cipher addon aborts the process when it was built against the headers of Node 24.19 or newer
// (nodejs/node#65446), in a garbage collection. ssh2 has no switch for it: it does without when the addon is missing, so it is
// made missing here, whether or not npm has built it. Everything that uses ssh2 imports it from this file.
import {createRequire} from 'node:module';
import type ssh2Types from 'ssh2';

const require = createRequire(import.meta.url);

for (const addon of ['ssh2/lib/protocol/crypto/build/Release/sshcrypto.node', 'cpu-features']) {
	hide(addon);
}

/** Makes a module look as if it exported nothing, for which ssh2 is prepared. */
function hide(name: string): void {
	try {
		const file = require.resolve(name);
		require.cache[file] = {exports: undefined} as NodeJS.Module;
	} catch {
		// It is not installed.
	}
}

export const ssh2 = require('ssh2') as typeof ssh2Types;
