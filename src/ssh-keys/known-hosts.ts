// known_hosts files (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT), read and written as OpenSSH's client does. Pure. No maintained npm
// package reads them, and `ssh-keygen -F` is missing on machines without OpenSSH.
import {createHmac, randomBytes} from 'node:crypto';
import {keyTypeOf} from './wire.js';

/** One valid line. */
export type KnownHostLine = {
	file: string;
	/** From 1, as editors count. */
	line: number;
	marker: 'none' | 'revoked' | 'cert-authority';
	/** The host field as written: comma-separated patterns, or one hash. */
	hosts: string;
	type: string;
	key: Buffer;
};

/** What the files say about a key that a host presents. */
export type HostKeyMatch =
	| {verdict: 'known' | 'unknown'}
	/** `by` is the line that decides. */
	| {verdict: 'changed' | 'revoked'; by: KnownHostLine};

/** The name of a host in known_hosts: with its port, unless that is 22. */
export function hostPattern(host: string, port: number): string {
	const name = host.toLowerCase();
	return port === 22 ? name : `[${name}]:${port}`;
}

/** The lines of a known_hosts file. Invalid lines are skipped, as OpenSSH does. */
export function readKnownHosts(text: string, file: string): KnownHostLine[] {
	return text.split('\n').flatMap((line, index) => {
		const words = line.trim().split(/\s+/);
		const marker = words[0]?.startsWith('@') ? words.shift()!.slice(1) : 'none';
		const [hosts = '', type = '', base64 = ''] = words;
		const key = Buffer.from(base64, 'base64');
		const isValid = type !== '' && !hosts.startsWith('#') && keyTypeOf(key) === type;
		return isValid && isMarker(marker) ? [{file, line: index + 1, marker, hosts, type, key}] : [];
	});
}

function isMarker(word: string): word is KnownHostLine['marker'] {
	return word === 'none' || word === 'revoked' || word === 'cert-authority';
}

/** The lines that match a host. */
export function linesFor(known: readonly KnownHostLine[], name: string): KnownHostLine[] {
	return known.filter(({hosts}) => matchesHost(hosts, name));
}

/**
 * Compares a host's key with the lines that match the host. A revoked key is always refused. A host with other keys only,
 * whatever their types, counts as changed. @cert-authority lines are ignored: this client does not ask for certificates.
 */
export function matchHostKey(lines: readonly KnownHostLine[], key: Buffer): HostKeyMatch {
	const revoked = lines.find(line => line.marker === 'revoked' && line.key.equals(key));
	if (revoked) {
		return {verdict: 'revoked', by: revoked};
	}

	const plain = lines.filter(({marker}) => marker === 'none');
	if (plain.some(line => line.key.equals(key))) {
		return {verdict: 'known'};
	}

	const by = plain.find(({type}) => type === keyTypeOf(key)) ?? plain[0];
	return by ? {verdict: 'changed', by} : {verdict: 'unknown'};
}

/** The key types in these lines, each once. */
export function knownTypes(lines: readonly KnownHostLine[]): string[] {
	return [...new Set(lines.filter(({marker}) => marker === 'none').map(({type}) => type))];
}

/** A new line, with its line feed. `hashed` hides the name of the host. */
export function knownHostsLine(name: string, key: Buffer, hashed: boolean): string {
	return `${hashed ? hashedName(name, randomBytes(20)) : name} ${keyTypeOf(key)} ${key.toString('base64')}\n`;
}

function matchesHost(hosts: string, name: string): boolean {
	if (hosts.startsWith('|')) {
		const [, version, salt = ''] = hosts.split('|');
		return version === '1' && hosts === hashedName(name, Buffer.from(salt, 'base64'));
	}

	const patterns = hosts.toLowerCase().split(',');
	const expressionFor = (pattern: string) =>
		pattern
			.split(/([*?])/)
			.map(part => wildcards[part] ?? RegExp.escape(part))
			.join('');
	const isNamed = (pattern: string) => new RegExp(`^${expressionFor(pattern)}$`).test(name);
	return !patterns.some(pattern => pattern.startsWith('!') && isNamed(pattern.slice(1))) && patterns.some(pattern => isNamed(pattern));
}

const wildcards: Record<string, string> = {'*': '.*', '?': '.'};

function hashedName(name: string, salt: Buffer): string {
	return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
