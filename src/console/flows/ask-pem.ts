import {isPrivateKey} from '../../ssh-keys/public-key.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';
import {takeUnseen} from './user-keys.js';

/** Far more than a certificate has. */
const maxLines = 500;

/**
 * Asks for the lines of one PEM block, until its END line or an empty line. Resolves with the text, empty when nothing was given.
 * Rejects with Cancelled at an interrupt and at the end of the input, and with Problem `private-key`; its lines are not shown.
 */
export async function askPem(conversation: Conversation): Promise<string> {
	conversation.print('Paste the public key or the certificate in PEM, from its BEGIN line to its END line. An empty line ends.');
	let text = '';
	for (let count = 0; count < maxLines; count++) {
		const line = await conversation.ask('PEM:', {isLineOfText: true});
		await assertNoPrivateKey(conversation, line);
		text += line === '' ? '' : `${line}\n`;
		if (line === '' || line.startsWith('-----END ')) {
			break;
		}
	}

	return text;
}

async function assertNoPrivateKey(conversation: Conversation, line: string): Promise<void> {
	if (isPrivateKey(line)) {
		await takeUnseen(conversation);
		throw new Problem(
			'private-key',
			'That is a private key. It is not kept here.',
			'Anyone who has seen it can use it: make a new key, and give its public key (openssl pkey -in FILE -pubout).',
		);
	}
}
