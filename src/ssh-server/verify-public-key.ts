// Authorized keys: lines in the format of sshd(8), AUTHORIZED_KEYS FILE FORMAT.
import type {ParsedKey, PublicKeyAuthContext} from 'ssh2';
import {ssh2} from '../ssh-keys/ssh2.js';
import {readPublicKey} from '../ssh-keys/public-key.js';
import {Problem} from '../problem.js';

/**
 * The authorized key that a client offers, or undefined. A line with an unsupported option, such as `from=` or `command=`, is
 * ignored: accepting it without the restriction would grant too much. So is a key that is too weak.
 */
export function authorizedKey(
	lines: readonly string[],
	offered: Pick<PublicKeyAuthContext['key'], 'algo' | 'data'>,
): ParsedKey | undefined {
	return lines.map(line => keyOf(line)).find(key => key?.type === offered.algo && key.getPublicSSH().equals(offered.data));
}

function keyOf(line: string): ParsedKey | undefined {
	try {
		const {type, blob} = readPublicKey(line);
		const key = ssh2.utils.parseKey(`${type} ${blob}`);
		return key instanceof Error || key.isPrivateKey() || key.type !== type ? undefined : key;
	} catch (error) {
		if (error instanceof Problem) {
			return undefined;
		}

		throw error;
	}
}

/**
 * Whether the request is signed with this key. RSA with SHA-1 is not accepted: such a request names no hash. ssh2 returns an
 * Error for a malformed signature, so only `true` counts.
 */
export function isSignedBy(key: ParsedKey, {blob, signature, hashAlgo}: PublicKeyAuthContext): boolean {
	if (!blob || !signature || (key.type === 'ssh-rsa' && !hashAlgo)) {
		return false;
	}

	return key.verify(blob, signature, hashAlgo);
}
