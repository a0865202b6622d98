import {hostKeyFingerprints} from '../../appliance/host-key.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';

/** A-A-4: the fingerprints to compare with what an SSH or SFTP client shows at its first connection. */
export async function showSshFingerprints(conversation: Conversation, {layout, identity}: ConsoleSession): Promise<void> {
	const keys = await hostKeyFingerprints(layout);
	conversation.print(`SSH host keys of ${identity.name}, port ${identity.ports.ssh}. Your client must show the same.`);
	conversation.table([['Type', 'Bits', 'Fingerprint'], ...keys.map(({type, bits, sha256}) => [type, String(bits), sha256])], true);
	await conversation.pause();
}
