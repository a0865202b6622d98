import type {FileHandle} from 'node:fs/promises';
import {audit} from '../appliance/audit.js';
import {formatMoment} from '../appliance/stamp.js';
import type {Watch} from '../console/conversation.js';
import {exitCodes} from '../exit-codes.js';
import {openRecording, storedRecordings} from '../recordings/store.js';
import {alwaysLooks, assertNoArguments, usage, type Command, type Context} from './command.js';

async function list(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, json, print} = context;
	const recordings = await storedRecordings(session.layout);
	if (json) {
		print(JSON.stringify({recordings}));
	} else if (recordings.length === 0) {
		print('There are no recordings.');
	} else {
		print(...recordings.map(({name, began, user, bytes}) => `${name}  ${formatMoment(began)}  ${user}  ${bytes} bytes`));
	}

	return exitCodes.done;
}

/** Prints a recording as it is. */
async function get({words: [name, ...more], json, session: {layout, user, from}, follow}: Context): Promise<number> {
	if (name === undefined || more.length > 0 || json) {
		throw usage('Name one recording: recordings get NAME');
	}

	await using file = await openRecording(layout, name);
	await audit(layout, {event: 'recording-fetched', user: user.name, from, recording: name});
	await follow(linesOf(file));
	return exitCodes.done;
}

/** Passes on the lines of a file as far as it goes now; one that is being written may grow. */
function linesOf(file: FileHandle): Watch {
	return async (add, signal) => {
		const {size} = await file.stat();
		let rest = '';
		for await (const part of file.createReadStream({encoding: 'utf8', autoClose: false, end: Math.max(0, size - 1)})) {
			if (signal.aborted) {
				return;
			}

			const lines = `${rest}${String(part)}`.split('\n');
			rest = lines.pop()!;
			await add(lines);
		}
	};
}

export const recordingCommands: readonly Command[] = [
	{
		name: 'recordings list',
		group: 'TanOS Management',
		purpose: 'List the recordings of sessions over SSH',
		about: 'Name, begin, user and size, the oldest first. Sessions are recorded when the security setting record_sessions is 1.',
		parameters: '[json]',
		examples: ['recordings list'],
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: list,
	},
	{
		name: 'recordings get',
		group: 'TanOS Management',
		purpose: 'Print a recording, for asciinema play',
		about: 'Prints the file, which is asciicast v2, on standard output. The audit log says who has fetched it.',
		parameters: 'NAME',
		examples: ['recordings get 20261127-084312-tanadmin-1a2b3c4d.cast'],
		roles: ['tanadmin'],
		run: get,
	},
];
