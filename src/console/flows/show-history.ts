// 2-H: what was done to the certificate of this appliance, by whom and how it ended.
import {changeRecords, type ChangeRecord} from '../../appliance/change-records.js';
import type {Conversation} from '../conversation.js';
import {recordCells, recordRows} from '../describe-record.js';
import type {ConsoleSession} from '../environment.js';
import {exportRecord} from '../export-record.js';

/** The console lists the newest ones; the command line lists all. */
const maxListed = 50;

/** Shows the change records, and copies one to /outgoing on request. */
export async function showHistory(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const records = await changeRecords(session.layout);
	if (records.length === 0) {
		conversation.print('Nothing was installed, restored or registered here yet.');
		return conversation.pause();
	}

	for (;;) {
		if (records.length > maxListed) {
			conversation.print(`The newest ${maxListed} of ${records.length}. All of them: soap history`, 'dim');
		}

		const record = await chooseRecord(conversation, records.slice(0, maxListed));
		if (!record) {
			return;
		}

		await show(conversation, session, record);
	}
}

async function chooseRecord(conversation: Conversation, records: readonly ChangeRecord[]): Promise<ChangeRecord | undefined> {
	return conversation.choose(
		'Line number of the change, or R:',
		records.map((record, index) => ({key: String(index + 1), label: formatLine(recordCells(record)), value: record})),
	);
}

function formatLine([id = '', what = '', who = '']: string[]): string {
	return `${id.padEnd(17)} ${what.padEnd(27)} ${who}`;
}

async function show(conversation: Conversation, session: ConsoleSession, record: ChangeRecord): Promise<void> {
	conversation.table(recordRows(record));
	const verb = await conversation.choose<'export'>('Action, or R:', [{key: '1', label: 'Copy to /outgoing', value: 'export'}]);
	if (verb) {
		conversation.print(`Copied to /outgoing:\n${(await exportRecord(session, record)).map(name => `  ${name}`).join('\n')}`, 'good');
	}
}
