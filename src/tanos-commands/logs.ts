import {auditLog, logsOf, type Log} from '../console/logs.js';
import {serviceNames} from '../services/service.js';
import {exitCodes} from '../exit-codes.js';
import {alwaysLooks, usage, type Command, type Context} from './command.js';

const defaultLines = 50;
const maxLines = 10_000;
const everyLog = [...serviceNames, auditLog];

/** What is asked for. Throws `usage` for wrong words. */
function wanted(words: readonly string[], logs: readonly Log[]): {log: Log; count: number; isFollowed: boolean} {
	const isFollowed = words.length > 1 && words.at(-1)!.toLowerCase() === 'follow';
	const [word, number = String(defaultLines), ...more] = isFollowed ? words.slice(0, -1) : words;
	const log = logs.find(({name}) => name.toLowerCase() === word?.toLowerCase());
	const count = Number(number);
	if (!log || more.length > 0 || !/^\d+$/.test(number) || count < 1 || count > maxLines) {
		throw usage(`Name a log, and how many lines (1 to ${maxLines}): log show ${logs.map(({name}) => name).join('|')} [LINES] [follow]`);
	}

	return {log, count, isFollowed};
}

/** Prints the last lines of a log, and new ones as they are logged when that is asked for. */
async function show({words, session, json, print, follow}: Context): Promise<number> {
	const {log, count, isFollowed} = wanted(words, await logsOf(session));
	if (isFollowed && json) {
		throw usage('One JSON document cannot follow a log: leave out json or follow.');
	}

	if (isFollowed) {
		await follow(async (add, signal) => log.follow({count, add, signal}));
	} else {
		const lines = await log.lines(count);
		print(...(json ? [JSON.stringify({log: log.name, lines})] : lines));
	}

	return exitCodes.done;
}

export const logCommands: readonly Command[] = [
	{
		name: 'log show',
		group: 'TanOS Management',
		purpose: 'Print the last lines of the log of a service, or of the audit log',
		about:
			`Logs: ${everyLog.join(', ')}. Prints the last ${defaultLines} lines, or as many as are given. With follow it goes on with new lines `
			+ 'as they are logged, until Ctrl+C or the end of the connection. Times are UTC. A Linux host has the logs of its units, such as '
			+ 'nginx.service, instead of those of services.',
		parameters: `${everyLog.join('|')} [LINES] [follow] [json]`,
		examples: ['log show taniumserver', 'log show audit 200', 'log show taniumserver follow'],
		menu: '3-L',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		onHost: 'host',
		run: show,
	},
];
