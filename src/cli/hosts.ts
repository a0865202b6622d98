import net from 'node:net';
import {isHostName, normalHost} from '../certificates/parse/host-names.js';
import {UsageError} from './command.js';

/** The names of `--host`, which may also be lists with commas. Throws UsageError for what is no name or address of a host. */
export function hostsOf(values: readonly string[]): string[] {
	const names = values.flatMap(value => value.split(',')).map(name => name.trim());
	for (const name of names) {
		const host = normalHost(name);
		if (net.isIP(host) === 0 && !isHostName(host, {underscores: true})) {
			throw new UsageError(`--host ${name}: it must be the name or the IP address of a host.${meant(name)}`);
		}
	}

	return names;
}

function meant(name: string): string {
	const host = /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?([^:/?#]+)(?::\d+)?(?:[/?#].*)?$/i.exec(name)?.[1];
	return host === undefined ? ' Example: --host ts1.example.com' : ` Did you mean --host ${host}?`;
}
