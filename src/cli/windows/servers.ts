import {isIP} from 'node:net';
import {isHostName, normalHost} from '../../certificates/parse/host-names.js';
import {UsageError} from '../command.js';
import {fileName} from '../upload/options.js';

/** A server as its clients name it. */
export type Server = {host: string; port: number};

/** `HOST`, `HOST:PORT` or `[IPv6]:PORT`. Throws UsageError for anything else, also for the name of a file where `argument` is expected. */
export function serverIn(text: string, argument: string, defaultPort: number): Server {
	if (fileName.test(text)) {
		throw new UsageError(`${argument} is missing: ${text} is a file.`);
	}

	const pattern = /^(?:\[(?<address>[\da-f:.]+)\]|(?<name>[^:[\]]+))(?::(?<number>\d{1,5}))?$/i;
	const {address, name = address, number = String(defaultPort)} = pattern.exec(text)?.groups ?? {};
	const host = normalHost(isIP(text) === 6 ? text : (name ?? ''));
	const port = Number(number);
	if (isIP(host) === 0 && !isHostName(host, {underscores: true})) {
		throw new UsageError(
			`${argument} ${text}: it must be the name or the address of a server, with or without a port: ts1.example.com:443`,
		);
	}

	if (port < 1 || port > 65_535) {
		throw new UsageError(`${argument} ${text}: port ${port} is not valid. Use 1 to 65535.`);
	}

	return {host, port};
}

/** `HOST:PORT`, as a command takes it. */
export function labelOf({host, port}: Server): string {
	return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
