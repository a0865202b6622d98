import process from 'node:process';
import {askYesOrNo, type Conversation} from '../../console/conversation.js';
import {LineReader} from '../../console/line-reader.js';
import {PlainConversation} from '../../console/plain-conversation.js';

/**
 * Runs a conversation in plain lines, at a terminal or over pipes. Ctrl+C, the end of the input and a signal to end answer its question
 * with no; a terminal is left as it was.
 */
export async function inConversation<Result>(work: (conversation: Conversation) => Promise<Result>): Promise<Result> {
	const {stdin, stdout} = process;
	const isTerminal = stdin.isTTY && stdout.isTTY;
	const lines = new LineReader(stdin, {echo: isTerminal ? stdout : undefined});
	const hangUp = () => lines.giveUp();
	for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) {
		process.on(signal, hangUp);
	}

	if (isTerminal) {
		stdin.setRawMode(true);
	}

	try {
		return await work(new PlainConversation(lines, stdout, isTerminal ? '\r\n' : '\n'));
	} finally {
		if (isTerminal) {
			stdin.setRawMode(false);
		}

		stdin.destroy();
	}
}

/** Asks until Enter, yes or no is entered. An interrupt and the end of the input count as no. */
export async function agrees(conversation: Conversation, question: string): Promise<boolean> {
	return askYesOrNo('yes', async () => (await conversation.ask(question)) || 'yes', {
		unclear() {
			conversation.print('Press Enter for yes, or enter no.');
		},
	});
}
