import {readFile} from 'node:fs/promises';
import type {ServerConfig} from 'ssh2';
import type {Layout} from '../appliance/layout.js';

/**
 * Only what has no known weakness and costs a server little. Group exchange is left out because ssh2 announces it without
 * having it; the large groups because one handshake holds up every session; RSA host keys because ssh2 would offer SHA-1
 * with them; compression because it would be open to strangers. The one MAC that is not of the encrypt-then-MAC kind comes
 * last: libssh2 before 1.11, and with it the curl of Debian 12, has neither that kind nor a cipher that needs no MAC.
 */
const algorithms: NonNullable<ServerConfig['algorithms']> = {
	kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
	serverHostKey: ['ssh-ed25519'],
	cipher: [
		'chacha20-poly1305@openssh.com',
		'aes256-gcm@openssh.com',
		'aes128-gcm@openssh.com',
		'aes256-ctr',
		'aes192-ctr',
		'aes128-ctr',
	],
	hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256'],
	compress: ['none'],
};

/** How ssh2 is to serve this appliance's connections. */
export async function transportOf(layout: Layout): Promise<ServerConfig> {
	return {hostKeys: [await readFile(layout.hostKey)], algorithms, ident: 'tanos'};
}
