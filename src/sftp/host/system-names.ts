import {status} from '../protocol.js';
import {StatusError} from '../status-error.js';

/** The users and groups of the system, by id. */
export type SystemNames = {
	/** The name of a user, or of a group; empty when there is none. */
	user(id: number): string;
	group(id: number): string;
	/** The home of a user; of the calling user for an empty name. Throws a StatusError when there is no such user. */
	home(user: string): string;
};

/** Reads the texts of passwd(5) and group(5), decoded as latin1. `own` is the home of the calling user. */
export function systemNames({passwd, group, own}: {passwd: string; group: string; own: string}): SystemNames {
	const users = linesOf(passwd);
	const byId = (lines: string[][]) => new Map(lines.map(([name, , id]) => [Number(id), name!]));
	const [userNames, groupNames] = [byId(users), byId(linesOf(group))];
	const homes = new Map(users.map(([name, , , , , home]) => [name!, home!]));
	return {
		user: id => userNames.get(id) ?? '',
		group: id => groupNames.get(id) ?? '',
		home(user) {
			const home = user === '' ? own : homes.get(user);
			if (home === undefined) {
				throw new StatusError(status.noSuchFile, 'No such user');
			}

			return home;
		},
	};
}

/** The lines in reverse: the first line of an id counts, and a Map keeps the last. */
function linesOf(text: string): string[][] {
	return text
		.split('\n')
		.filter(line => line.includes(':'))
		.map(line => line.split(':'))
		.toReversed();
}
