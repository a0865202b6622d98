// 3-L: the end of a log, or its lines with a text.
import {lastLines} from '../../appliance/log-tail.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {logFile, logNames} from '../logs.js';

const shownLines = 200;

/** Shows the last lines of one of the logs until R. */
export async function viewLogs(conversation: Conversation, {layout}: ConsoleSession): Promise<void> {
	for (;;) {
		const name = await conversation.choose(
			'Line number of the log, or R:',
			logNames.map((log, index) => ({key: String(index + 1), label: log, value: log})),
		);
		if (!name) {
			return;
		}

		const text = await conversation.ask('Show only lines with this text, or Enter for all:');
		const lines = await lastLines(logFile(name, layout), shownLines, {text});
		conversation.print(lines.length === 0 ? 'No such line.' : lines.join('\n'));
		conversation.print(`The last ${lines.length} lines, the newest at the end. Times are UTC.`, 'dim');
	}
}
