import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askSetting} from './ask-setting.js';

/** A-A-P-S: whether sessions over SSH are recorded, and the limits of the recordings. */
export async function setSessionRecording(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print('With 1 what a session over SSH shows on a terminal is recorded, from the next sign-in; never what is typed.');
	conversation.print(
		'The oldest recordings are removed first. A session whose recording reaches its size goes on. To read them: recordings list, '
			+ 'recordings get.',
	);
	await askSetting(conversation, session, 'recordSessions', 'Record sessions');
	await askSetting(conversation, session, 'maximumRecordingMegabytes', 'Megabytes of one recording');
	await askSetting(conversation, session, 'maximumTotalRecordingMegabytes', 'Megabytes of all recordings');
	await askSetting(conversation, session, 'maximumRecordingDays', 'Days after which a recording is removed');
	await conversation.pause();
}
