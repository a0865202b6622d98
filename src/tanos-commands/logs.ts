import {lastLines} from '../appliance/log-tail.js';
import {logFile, logNames} from '../console/logs.js';
import {exitCodes} from '../exit-codes.js';
import {alwaysLooks, usage, type Command, type Context} from './command.js';

const defaultLines = 50;
const maxLines = 10_000;

/** Prints the last lines of a log. */
async function show({words: [word, number = String(defaultLines), ...more], session: {layout}, json, print}: Context): Promise<number> {
	const name = logNames.find(known => known === word?.toLowerCase());
	const count = Number(number);
	if (name === undefined || more.length > 0 || !/^\d+$/.test(number) || count < 1 || count > maxLines) {
		throw usage(`Name a log, and how many lines (1 to ${maxLines}): log show ${logNames.join('|')} [LINES]`);
	}

	const lines = await lastLines(logFile(name, layout), count);
	print(...(json ? [JSON.stringify({log: name, lines})] : lines));
	return exitCodes.done;
}

export const logCommands: readonly Command[] = [
	{
		name: 'log show',
		group: 'TanOS Management',
		purpose: 'Print the last lines of the log of a service, or of the audit log',
		about: `Logs: ${logNames.join(', ')}. Prints the last ${defaultLines} lines, or as many as are given. Times are UTC.`,
		parameters: `${logNames.join('|')} [LINES] [json]`,
		examples: ['log show taniumserver', 'log show audit 200'],
		menu: '3-L',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: show,
	},
];
