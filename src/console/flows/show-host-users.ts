import {sanitise} from '../../sanitise.js';
import type {Conversation} from '../conversation.js';
import type {User} from '../state.js';

/** C-U on a Linux host: who may use the console. They are users of the host, and are changed there. */
export async function showHostUsers(conversation: Conversation, users: readonly User[]): Promise<void> {
	if (users.length === 0) {
		conversation.print('Nobody has the group tanadmin or tanuser.', 'warning');
	} else {
		conversation.table([['User', 'Role'], ...users.map(({name, role}) => [sanitise(name), role])], true);
	}

	conversation.print('They are users of the host. These commands of its root change them:');
	conversation.table(
		[
			['useradd, userdel', 'make and remove a user'],
			['usermod --append --groups tanadmin USER', 'gives the role'],
			['gpasswd --delete USER tanadmin', 'takes it away'],
			['passwd USER', 'sets the password'],
			['faillock --user USER --reset', 'unlocks after wrong passwords'],
		],
		false,
	);
	await conversation.pause();
}
