import {readFile} from 'node:fs/promises';
import type {ServerConfig} from 'ssh2';
import type {Layout} from '../appliance/layout.js';

/**
 * Algorithms without known weaknesses that are cheap for a server. Not offered: group exchange, which ssh2 announces but does not
 * implement; the large groups, whose handshakes would block every session; RSA host keys, with which ssh2 would offer SHA-1;
 * ChaCha20-Poly1305, which OpenSSH's clients prefer and which is by far the slowest without native code; compression, which
 * unauthenticated clients could abuse. hmac-sha2-256 without encrypt-then-MAC is last, for libssh2 before 1.11 (curl in Debian
 * 12), which has neither such a MAC nor a cipher that needs none.
 */
const algorithms: NonNullable<ServerConfig['algorithms']> = {
	kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
	serverHostKey: ['ssh-ed25519'],
	cipher: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
	hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256'],
	compress: ['none'],
};

/** The ssh2 configuration for an appliance. */
export async function transportOf(layout: Layout): Promise<ServerConfig> {
	return {hostKeys: [await readFile(layout.hostKey)], algorithms, ident: 'tanos'};
}
