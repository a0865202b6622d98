// 3-L: the end of a log, its lines with a text, and new lines as they are logged.
import {followLog} from '../../appliance/log-follow.js';
import {lastLines} from '../../appliance/log-tail.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {logFile, logNames, readableLine, type LogName} from '../logs.js';

const shownLines = 200;

/** Shows the logs, one at a time, until R. */
export async function viewLogs(conversation: Conversation, {layout, services}: ConsoleSession): Promise<void> {
	for (;;) {
		const name = await conversation.choose(
			'Line number of the log, or R:',
			logNames(services).map((log, index) => ({key: String(index + 1), label: log, value: log})),
		);
		if (!name) {
			return;
		}

		await viewLog(conversation, name, logFile(name, layout));
	}
}

/** Shows the end of a log, then what is asked for, until R. */
async function viewLog(conversation: Conversation, name: LogName, file: string): Promise<void> {
	let text = '';
	await printEnd(conversation, name, file, text);
	for (;;) {
		const next = await conversation.choose<'search' | 'follow'>(`Action for ${name}, or R:`, [
			{key: '1', label: 'Search: show only lines with a text', value: 'search'},
			{key: '2', label: `Follow: show new lines ${text === '' ? '' : `with "${text}" `}as they are logged`, value: 'follow'},
		]);
		if (!next) {
			return;
		}

		if (next === 'search') {
			text = await conversation.ask('Show only lines with this text, or Enter for all:');
			await printEnd(conversation, name, file, text);
		} else {
			await conversation.follow(async (add, signal) =>
				followLog(file, {
					count: shownLines,
					text,
					add: async lines => add(lines.map(line => readableLine(name, line))),
					signal,
				}),
			);
		}
	}
}

async function printEnd(conversation: Conversation, name: LogName, file: string, text: string): Promise<void> {
	const lines = await lastLines(file, shownLines, {text});
	if (lines.length === 0) {
		conversation.print('No such line.');
		return;
	}

	const count = lines.length === 1 ? 'The last line' : `The last ${lines.length} lines, the newest at the end`;
	conversation.print(lines.map(line => readableLine(name, line)).join('\n'));
	conversation.print(`${count}. Times are UTC.`, 'dim');
}
