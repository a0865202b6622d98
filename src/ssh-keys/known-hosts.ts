// Which keys a host is known by: the files of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, as OpenSSH's client reads and writes them.
// Pure. Nothing kept on npm reads them; `ssh-keygen -F` would, but not on a machine without it.
import {createHash, createHmac, randomBytes} from 'node:crypto';

/** One line that could be read. */
export type KnownHostLine = {
	file: string;
	/** From 1, as editors count. */
	line: number;
	marker: 'none' | 'revoked' | 'cert-authority';
	/** Names as they are written: patterns with commas between them, or one hash. */
	hosts: string;
	type: string;
	key: Buffer;
};

/** What the files say of a key that a host presents. */
export type HostKeyMatch =
	| {verdict: 'known' | 'unknown'}
	/** `by` is the line that says so. */
	| {verdict: 'changed' | 'revoked'; by: KnownHostLine};

/** The name that a host is known by: with its port, unless that is the usual one. */
export function hostPattern(host: string, port: number): string {
	const name = host.toLowerCase();
	return port === 22 ? name : `[${name}]:${port}`;
}

/** The lines of a known_hosts file. A line that cannot be read is passed over, as OpenSSH does. */
export function readKnownHosts(text: string, file: string): KnownHostLine[] {
	return text.split('\n').flatMap((line, index) => {
		const words = line.trim().split(/\s+/);
		const marker = words[0]?.startsWith('@') ? words.shift()!.slice(1) : 'none';
		const [hosts = '', type = '', base64 = ''] = words;
		const key = Buffer.from(base64, 'base64');
		return type === '' || hosts.startsWith('#') || !isMarker(marker) || typeOfKey(key) !== type ? [] : [{file, line: index + 1, marker, hosts, type, key}];
	});
}

function isMarker(word: string): word is KnownHostLine['marker'] {
	return word === 'none' || word === 'revoked' || word === 'cert-authority';
}

/** The lines about this host. */
export function linesFor(known: readonly KnownHostLine[], name: string): KnownHostLine[] {
	return known.filter(({hosts}) => isAbout(hosts, name));
}

/**
 * What these lines, all about one host, say of the key that it presents. A revocation outweighs everything. A host that is
 * known by other keys only has changed, of whatever type they are. Certificate authorities vouch for certificates, which
 * this client does not ask for.
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

	const by = plain.find(({type}) => type === typeOfKey(key)) ?? plain[0];
	return by ? {verdict: 'changed', by} : {verdict: 'unknown'};
}

/** The types of the keys that these lines know a host by, each once. */
export function knownTypes(lines: readonly KnownHostLine[]): string[] {
	return [...new Set(lines.filter(({marker}) => marker === 'none').map(({type}) => type))];
}

/** A new line, with its end. Hashed, nobody learns from the file which host it is about. */
export function knownHostsLine(name: string, key: Buffer, hashed: boolean): string {
	return `${hashed ? hashedName(name, randomBytes(20)) : name} ${typeOfKey(key)} ${key.toString('base64')}\n`;
}

/** The fingerprint as OpenSSH shows it. */
export function sha256Of(key: Buffer): string {
	return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a public key in SSH's own form says it has; empty for anything else. */
export function typeOfKey(key: Buffer): string {
	const length = key.length < 4 ? 0 : key.readUInt32BE();
	return length > 64 ? '' : key.toString('latin1', 4, 4 + length);
}

function isAbout(hosts: string, name: string): boolean {
	if (hosts.startsWith('|')) {
		const [, version, salt = ''] = hosts.split('|');
		return version === '1' && hosts === hashedName(name, Buffer.from(salt, 'base64'));
	}

	const patterns = hosts.toLowerCase().split(',');
	const isNamed = (pattern: string) => new RegExp(`^${pattern.split(/([*?])/).map(part => wild[part] ?? RegExp.escape(part)).join('')}$`).test(name);
	return !patterns.some(pattern => pattern.startsWith('!') && isNamed(pattern.slice(1))) && patterns.some(pattern => isNamed(pattern));
}

const wild: Record<string, string> = {'*': '.*', '?': '.'};

function hashedName(name: string, salt: Buffer): string {
	return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
