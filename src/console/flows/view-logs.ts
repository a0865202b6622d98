// 3-L: the end of a log, its lines with a text, and new lines as they are logged.
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {logsOf, readableLine, type Log} from '../logs.js';

const shownLines = 200;

/** Shows the logs, one at a time, until R. */
export async function viewLogs(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const logs = await logsOf(session);
	for (;;) {
		const log = await conversation.choose(
			'Line number of the log, or R:',
			logs.map((one, index) => ({key: String(index + 1), label: one.name, value: one})),
		);
		if (!log) {
			return;
		}

		await viewLog(conversation, log);
	}
}

/** Shows the end of a log, then what is asked for, until R. */
async function viewLog(conversation: Conversation, log: Log): Promise<void> {
	let text = '';
	await printEnd(conversation, log, text);
	for (;;) {
		const next = await conversation.choose<'search' | 'follow'>(`Action for ${log.name}, or R:`, [
			{key: '1', label: 'Search: show only lines with a text', value: 'search'},
			{key: '2', label: `Follow: show new lines ${text === '' ? '' : `with "${text}" `}as they are logged`, value: 'follow'},
		]);
		if (!next) {
			return;
		}

		if (next === 'search') {
			text = await conversation.ask('Show only lines with this text, or Enter for all:');
			await printEnd(conversation, log, text);
		} else {
			await conversation.follow(async (add, signal) =>
				log.follow({
					count: shownLines,
					text,
					add: async lines => add(lines.map(line => readableLine(log.name, line))),
					signal,
				}),
			);
		}
	}
}

async function printEnd(conversation: Conversation, log: Log, text: string): Promise<void> {
	const lines = await log.lines(shownLines, text);
	if (lines.length === 0) {
		conversation.print('No such line.');
		return;
	}

	const count = lines.length === 1 ? 'The last line' : `The last ${lines.length} lines, the newest at the end`;
	conversation.print(lines.map(line => readableLine(log.name, line)).join('\n'));
	conversation.print(`${count}. Times are UTC.`, 'dim');
}
