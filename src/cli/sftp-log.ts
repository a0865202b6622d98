import {spawn} from 'node:child_process';
import process from 'node:process';
import {sanitise} from '../sanitise.js';
import type {SftpEvent} from '../sftp/observer.js';
import {UsageError} from './command.js';

/** OpenSSH's levels, quietest first. */
const levels = ['QUIET', 'FATAL', 'ERROR', 'INFO', 'VERBOSE', 'DEBUG', 'DEBUG1', 'DEBUG2', 'DEBUG3'];

/** Their severities in syslog(3). */
const severities = {ERROR: 3, INFO: 6, DEBUG: 7} as const;

const facilities: Record<string, number> = {
	USER: 1,
	DAEMON: 3,
	AUTH: 4,
	LOCAL0: 16,
	LOCAL1: 17,
	LOCAL2: 18,
	LOCAL3: 19,
	LOCAL4: 20,
	LOCAL5: 21,
	LOCAL6: 22,
	LOCAL7: 23,
};

/** Logs a line, if its level is enabled. */
export type SftpLog = (level: keyof typeof severities, line: string) => void;

/** Logs to standard error or, through logger(1), to syslog: Node has no Unix datagram sockets. */
export function openLog({level, facility, toErrors}: {level: string; facility: string; toErrors: boolean}): SftpLog {
	const maxLevel = levels.indexOf(level.toUpperCase());
	const number = facilities[facility.toUpperCase()];
	if (maxLevel === -1) {
		throw new UsageError(`-l ${level}: expected one of ${levels.join(', ')}.`);
	}

	if (number === undefined) {
		throw new UsageError(`-f ${facility}: expected one of ${Object.keys(facilities).join(', ')}.`);
	}

	const write = toErrors ? (_severity: number, line: string) => process.stderr.write(`${line}\n`) : syslog(number);
	return (of, line) => {
		if (levels.indexOf(of) <= maxLevel) {
			write(severities[of], sanitise(line));
		}
	};
}

/** One logger(1) for all lines, started for the first. Without logger(1) nothing is logged. */
function syslog(facility: number) {
	let input: NodeJS.WritableStream | undefined;
	return (severity: number, line: string) => {
		input ??= startLogger();
		input.write(`<${facility * 8 + severity}>${line}\n`);
	};
}

function startLogger(): NodeJS.WritableStream {
	const logger = spawn('logger', ['--prio-prefix', '--tag', `tanos-sftp-server[${process.pid}]`], {stdio: ['pipe', 'ignore', 'ignore']});
	logger.on('error', () => undefined);
	logger.stdin.on('error', () => undefined);
	process.once('beforeExit', () => logger.stdin.end());
	logger.unref();
	return logger.stdin;
}

/** An event as OpenSSH's sftp-server logs it. */
export function formatEvent({event, path, to, bytes, result}: SftpEvent): string {
	if (event === 'sftp-remove' || event === 'sftp-rename') {
		const what = event === 'sftp-remove' ? `remove name "${path}"` : `rename old "${path}" new "${to}"`;
		return result === 'completed' ? what : `${what}: ${result}`;
	}

	const counts = event === 'sftp-upload' ? `bytes read 0 written ${bytes}` : `bytes read ${bytes} written 0`;
	const verbs: Record<string, string> = {completed: 'close', interrupted: 'forced close', failed: 'failed close'};
	return verbs[result] ? `${verbs[result]} "${path}" ${counts}` : `open "${path}": ${result}`;
}
