// `tanos sftp-server`: SFTP on standard input and output, on the host's file system with the rights of the calling user. It has the
// options of OpenSSH's sftp-server(8), so it can replace that in sshd_config and in OpenSSH's tests.
import {exitCodes} from '../exit-codes.js';
import {readFile} from 'node:fs/promises';
import os from 'node:os';
import process from 'node:process';
import {Duplex} from 'node:stream';
import {parseArgs} from 'node:util';
import {hasCode} from '../problem.js';
import {ProtocolError} from '../sftp/status-error.js';
import type {Operation} from '../sftp/request.js';
import {serveSftp, type SftpOptions} from '../sftp/serve-sftp.js';
import {systemNames} from '../sftp/host/system-names.js';
import {HostFilesystem} from '../sftp/host/host-filesystem.js';
import {print, UsageError, type Command} from './command.js';
import {formatEvent, openLog, type SftpLog} from './sftp-log.js';

const usage = 'usage: tanos sftp-server [-ehR] [-d start_directory] [-f log_facility] [-l log_level]\n'
	+ '           [-P denied_requests] [-p allowed_requests] [-u umask]\n'
	+ '       tanos sftp-server -Q protocol_feature';

/** The exit status of OpenSSH's sftp-server after a protocol error. */
const protocolErrorStatus = 11;

const options = {
	d: {type: 'string', short: 'd'},
	e: {type: 'boolean', short: 'e'},
	f: {type: 'string', short: 'f'},
	h: {type: 'boolean', short: 'h'},
	l: {type: 'string', short: 'l'},
	P: {type: 'string', short: 'P'},
	p: {type: 'string', short: 'p'},
	Q: {type: 'string', short: 'Q'},
	R: {type: 'boolean', short: 'R'},
	u: {type: 'string', short: 'u'},
} as const;

type Values = ReturnType<typeof parseArgs<{options: typeof options}>>['values'];

export const sftpServer: Command = async words => {
	const {values} = parseArgs({args: words, options, allowPositionals: true}); // scp -D adds a host name, which is ignored.
	if (values.h) {
		print(usage);
		return exitCodes.done;
	}

	return values.Q === undefined ? serveStandardStreams(values) : printFeature(values.Q);
};

async function printFeature(feature: string): Promise<number> {
	if (feature !== 'requests') {
		throw new UsageError(`-Q ${feature}: only "requests" is supported.`);
	}

	const {operationNames} = await import('../sftp/operations.js');
	print(...operationNames);
	return exitCodes.done;
}

async function serveStandardStreams(values: Values): Promise<number> {
	const log = openLog({level: values.l ?? 'ERROR', facility: values.f ?? 'AUTH', toErrors: values.e ?? false});
	const user = os.userInfo();
	prepareProcess(values, user);
	const names = systemNames({passwd: await textOf('/etc/passwd'), group: await textOf('/etc/group'), own: user.homedir});
	log('INFO', `session opened for local user ${user.username} from [${process.env['SSH_CONNECTION']?.split(' ')[0] ?? 'UNKNOWN'}]`);
	try {
		const stream = Duplex.from({readable: process.stdin, writable: process.stdout});
		await serveSftp(stream, new HostFilesystem(names), async event => log('INFO', formatEvent(event)), sftpOptionsOf(values, log));
		log('INFO', `session closed for local user ${user.username}`);
		return exitCodes.done;
	} catch (error) {
		if (error instanceof ProtocolError) {
			log('ERROR', `bad message from the client: ${error.message}`);
			return protocolErrorStatus;
		}

		throw error;
	}
}

function prepareProcess({u, d}: Values, {username, homedir}: os.UserInfo<string>): void {
	if (u !== undefined) {
		if (!/^[0-7]{1,4}$/.test(u) || Number.parseInt(u, 8) > 0o777) {
			throw new UsageError(`-u ${u}: expected an octal number such as 0077.`);
		}

		process.umask(Number.parseInt(u, 8));
	}

	if (d !== undefined) {
		const tokens: Record<string, string> = {'%d': homedir, '%u': username, '%%': '%'};
		process.chdir(d.replaceAll(/%[du%]/g, token => tokens[token]!));
	}
}

function sftpOptionsOf({R, P, p}: Values, log: SftpLog): SftpOptions {
	const [denied, allowed] = [P?.split(','), p?.split(',')];
	return {
		allows: ({name}: Operation) => !denied?.includes(name) && (allowed?.includes(name) ?? true),
		readOnly: R ?? false,
		answered: (request, outcome) => log('DEBUG', `${request}: ${outcome}`),
	};
}

async function textOf(file: string): Promise<string> {
	try {
		return await readFile(file, 'latin1');
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'EACCES')) {
			return '';
		}

		throw error;
	}
}
