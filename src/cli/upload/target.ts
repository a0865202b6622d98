import {isIPv6} from 'node:net';
import {UsageError} from '../command.js';

/** An appliance as the operator names it. Missing parts come from OpenSSH's configuration or its defaults. */
export type Target = {
	/** As typed, without `sftp://` and folder. */
	label: string;
	user?: string;
	host: string;
	port?: number;
	/** The destination folder. */
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
	return {...parseLabel(label, text), label, folder: isUrl ? folderOf(folder) : incoming};
}

/** Parses ProxyJump: the jump hosts in order. */
export function jumpsOf(text: string): Target[] {
	return text.toLowerCase() === 'none' ? [] : text.split(',').map(hop => targetOf(hop.trim().replace(/^ssh:/i, 'sftp:')));
}

function parseLabel(label: string, text: string): Pick<Target, 'user' | 'host' | 'port'> {
	const at = label.lastIndexOf('@');
	const user = at < 0 ? undefined : label.slice(0, at);
	const {host, number} = hostAndPort(label.slice(at + 1));
	const port = number === undefined ? undefined : Number(number);
	if (user?.includes(':')) {
		throw new UsageError(`${label.slice(at + 1)}: do not put a password on the command line; you will be asked for it.`);
	}

	// Names that a shell or ssh could misinterpret are refused, as ssh does.
	if (!/^[\w.%:][\w.%:-]*$/.test(host) || (user !== undefined && !/^[^\s\p{C}"'`$\\;&<>|(){}-][^\s\p{C}"'`$\\;&<>|(){}]*$/u.test(user))) {
		throw new UsageError(`${text} is not a host. Use USER@HOST, USER@HOST:PORT or USER@[IPv6]:PORT.`);
	}

	if (port !== undefined && (port < 1 || port > 65_535)) {
		throw new UsageError(`${text}: port ${port} is not valid. Use 1 to 65535.`);
	}

	return {host, ...(user !== undefined && {user}), ...(port !== undefined && {port})};
}

function hostAndPort(text: string): {host: string; number?: string | undefined} {
	if (isIPv6(text)) {
		return {host: text};
	}

	const pattern = /^(?:\[(?<bare>[\da-f:.]+(?:%[\w.-]+)?)\]|(?<name>[^:[\]]+))(?::(?<number>\d{1,9}))?$/i;
	const {bare = '', name = bare, number} = pattern.exec(text)?.groups ?? {};
	return {host: name, number};
}

function folderOf(folder: string): string {
	try {
		return decodeURIComponent(folder).replace(/\/+$/, '') || incoming;
	} catch {
		throw new UsageError(`${folder} is not a valid folder.`);
	}
}
