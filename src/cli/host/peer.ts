// Who is at the other end of a connection to a socket of systemd: the instance name of a unit with Accept=yes says so, and nothing that the
// other end sends.
import {execa} from 'execa';
import type {By} from '../../appliance/by.js';
import {Problem} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import {accountEntries} from '../../services/accounts.js';
import {hostProgram} from '../../services/host-program.js';

const options = {...hostProgram, reject: false, timeout: 10_000} as const;

/**
 * The user at the other end, by the instance name CONNECTION-PID-UID (systemd.socket(5), Accept=), and the address of the session that
 * the process belongs to (logind); `console` for a local one. Rejects with Problem `no-peer`.
 */
export async function peerOf(instance: string): Promise<By> {
	const [, pid = '', uid = ''] = /^\d+-(\d+)(?:_\d+)?-(\d+)$/.exec(instance) ?? [];
	const [user, from] = uid === '' ? [] : await Promise.all([userName(uid), addressOf(pid)]);
	if (user === undefined || from === undefined) {
		throw new Problem(
			'no-peer',
			`${sanitise(instance)} does not name the process and the user of a connection.`,
			'This is run by systemd, for tanos-admin.socket and tanos-user.socket.',
		);
	}

	return {user, from};
}

async function userName(uid: string): Promise<string | undefined> {
	const [fields] = await accountEntries('passwd', uid);
	return fields?.[0] || undefined;
}

const manager = ['org.freedesktop.login1', '/org/freedesktop/login1', 'org.freedesktop.login1.Manager'] as const;

async function addressOf(pid: string): Promise<string> {
	const session = stringIn((await execa('busctl', ['call', ...manager, 'GetSessionByPID', 'u', pid], options)).stdout);
	if (session === undefined) {
		return 'console';
	}

	const where = [manager[0], session, 'org.freedesktop.login1.Session', 'RemoteHost'];
	return stringIn((await execa('busctl', ['get-property', ...where], options)).stdout) || 'console';
}

/** The value in what busctl prints of a string, such as `s "192.0.2.1"`. */
function stringIn(printed: string): string | undefined {
	return /^[os] "(.*)"$/.exec(printed.trim())?.[1];
}
