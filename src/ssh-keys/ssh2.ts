// ssh2 without native addons. Its cipher addon aborts the process when it was built against the headers of Node 24.19 or newer
// (nodejs/node#65446), in a garbage collection. ssh2 has no switch for it: it does without when the addon is missing, so it is
// made missing here, whether or not npm has built it. Everything that uses ssh2 imports it from this file.
import {createSecretKey} from 'node:crypto';
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

type CipherModule = Record<'createCipher' | 'createDecipher', (options: unknown) => Record<string, unknown>>;

/**
 * For AES-GCM ssh2 makes a new cipher of each packet. Node takes half the time for that when the key is a KeyObject, as one of bytes is
 * examined and copied each time. To be called before the rest of ssh2 is loaded, which takes the functions from the module.
 */
function useKeyObjects(): void {
	const ciphers = require('ssh2/lib/protocol/crypto.js') as CipherModule;
	for (const [name, property] of [
		['createCipher', '_encKey'],
		['createDecipher', '_decipherKey'],
	] as const) {
		const create = ciphers[name];
		ciphers[name] = options => {
			const cipher = create(options);
			const key = cipher[property];
			if (Buffer.isBuffer(key)) {
				cipher[property] = createSecretKey(key);
			}

			return cipher;
		};
	}
}

useKeyObjects();

export const ssh2 = require('ssh2') as typeof ssh2Types;
