import {isIPv6} from 'node:net';
import {UsageError} from '../command.js';

/** An appliance, as the operator names it; what is absent is what OpenSSH's configuration says, or the usual. */
export type Target = {
	/** As it was typed, without an `sftp://` or a folder. */
	label: string;
	user?: string;
	host: string;
	port?: number;
	/** Where the files go. */
	folder: string;
};

const incoming = '/incoming';

/**
 * `USER@HOST`, `HOST:PORT`, `USER@[IPv6]:PORT` or `sftp://USER@HOST:PORT/FOLDER`. Throws UsageError for anything else, and
 * for a password, which every user of this machine could read on the command line.
 */
export function targetOf(text: string): Target {
	const isUrl = /^sftp:\/\//i.test(text);
	const [, label = '', folder = ''] = (isUrl ? /^sftp:\/\/([^/]*)(\/.*)?$/i.exec(text) : ['', text]) ?? [];
	return {...mapPath(label, text), label, folder: isUrl ? folderOf(folder) : incoming};
}

/** The hosts on the way, as ProxyJump names them, the first one first. */
export function jumpsOf(text: string): Target[] {
	return text.toLowerCase() === 'none' ? [] : text.split(',').map(hop => targetOf(hop.trim().replace(/^ssh:/i, 'sftp:')));
}

function mapPath(label: string, text: string): Pick<Target, 'user' | 'host' | 'port'> {
	const at = label.lastIndexOf('@');
	const user = at < 0 ? undefined : label.slice(0, at);
	const {host, number} = hostAndPort(label.slice(at + 1));
	const port = number === undefined ? undefined : Number(number);
	if (user?.includes(':')) {
		throw new UsageError(`${label.slice(at + 1)}: a password does not belong on the command line; it will be asked for.`);
	}

	// What a shell or ssh could take for something else is no name; ssh refuses the same.
	if (!/^[\w.%:][\w.%:-]*$/.test(host) || (user !== undefined && !/^[^\s\p{C}"'`$\\;&<>|(){}-][^\s\p{C}"'`$\\;&<>|(){}]*$/u.test(user))) {
		throw new UsageError(`${text} is no host: name it as USER@HOST, USER@HOST:PORT or USER@[IPv6]:PORT.`);
	}

	if (port !== undefined && (port < 1 || port > 65_535)) {
		throw new UsageError(`${text}: there is no port ${port}.`);
	}

	return {host, ...user !== undefined && {user}, ...port !== undefined && {port}};
}

function hostAndPort(text: string): {host: string; number?: string | undefined} {
	if (isIPv6(text)) {
		return {host: text};
	}

	const {bare = '', name = bare, number} = /^(?:\[(?<bare>[\da-f:.]+(?:%[\w.-]+)?)\]|(?<name>[^:[\]]+))(?::(?<number>\d{1,9}))?$/i.exec(text)?.groups ?? {};
	return {host: name, number};
}

function folderOf(folder: string): string {
	try {
		return decodeURIComponent(folder).replace(/\/+$/, '') || incoming;
	} catch {
		throw new UsageError(`${folder} is no folder.`);
	}
}
