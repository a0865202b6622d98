import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askSetting} from './ask-setting.js';

/** A-A-P-B: how many backups are kept, and for how long. */
export async function setBackupRetention(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print('Each installation keeps the pair that it replaces, and copies it to /outgoing.');
	conversation.print(
		'With 0 all are kept. Otherwise those beyond the number, and those that are older, are removed at the end of a successful '
			+ 'installation. The newest is always kept.',
	);
	await askSetting(conversation, session, 'maximumBackups', 'Number of backups to keep');
	await askSetting(conversation, session, 'maximumBackupDays', 'Days after which a backup is removed');
	await conversation.pause();
}
