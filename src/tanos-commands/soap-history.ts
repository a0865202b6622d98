import {changeRecords, readRecord} from '../appliance/change-records.js';
import {recordCells, recordRows} from '../console/describe-record.js';
import {exportRecord} from '../console/export-record.js';
import {exitCodes} from '../exit-codes.js';
import {alwaysLooks, usage, type Command, type Context} from './command.js';

/** Lists the change records, the newest first, or shows one of them. */
async function history(context: Context): Promise<number> {
	const {
		words: [id, ...more],
		session: {layout},
		json,
		print,
		conversation,
	} = context;
	if (more.length > 0) {
		throw usage(`${more.join(' ')}: nothing may follow the name of a change.`);
	}

	if (id !== undefined) {
		const record = await readRecord(layout, id);
		if (json) {
			print(JSON.stringify(record));
		} else {
			conversation.table(recordRows(record));
		}

		return exitCodes.done;
	}

	const records = await changeRecords(layout);
	if (json) {
		print(JSON.stringify({changes: records}));
	} else if (records.length === 0) {
		conversation.print('Nothing was installed, restored or registered here yet.');
	} else {
		conversation.table([['Change', 'What', 'By', 'Valid to'], ...records.map(record => recordCells(record))], true);
	}

	return exitCodes.done;
}

/** Copies one record to /outgoing. */
async function exportToOutgoing({words: [id, ...more], session, json, print}: Context): Promise<number> {
	if (id === undefined || more.length > 0) {
		throw usage('Name one change, as soap history lists it: soap history export 20261123-224800');
	}

	const names = await exportRecord(session, await readRecord(session.layout, id));
	print(...(json ? [JSON.stringify({copied: names})] : ['Copied to /outgoing:', ...names.map(name => `  ${name}`)]));
	return exitCodes.done;
}

export const historyCommands: readonly Command[] = [
	{
		name: 'soap history',
		group: 'Tanium Platform',
		purpose: 'List what was done to the SOAP certificate, and by whom',
		about:
			'Each installation, refusal, rollback, restore and registration leaves a record: who, from where, when, the certificates '
			+ 'before and after, each step with its time, the outage, and the six connections before and after. With the name of a '
			+ 'change it shows that record.',
		parameters: '[CHANGE] [json]',
		examples: ['soap history', 'soap history json'],
		menu: '2-H',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		onHost: 'host',
		run: history,
	},
	{
		name: 'soap history export',
		group: 'Tanium Platform',
		purpose: 'Copy the record of one change to /outgoing',
		about: 'Copies it as text and as JSON, for a change ticket.',
		parameters: 'CHANGE [json]',
		examples: ['soap history export 20261123-224800'],
		menu: '2-H',
		roles: ['tanadmin'],
		onHost: 'host',
		run: exportToOutgoing,
	},
];
