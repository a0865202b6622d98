import {sanitise} from '../../sanitise.js';

export type Severity = 'error' | 'warning';

/** The two files of a pair; the first part of the ids that either may have. */
export type Role = 'cert' | 'key';

type FileError =
	| 'not-found'
	| 'unreadable'
	| 'symlink'
	| 'not-file'
	| 'too-big'
	| 'empty'
	| 'utf16'
	| 'nul'
	| 'not-pem'
	| 'escaped-newlines'
	| 'truncated'
	| 'parse'
	| 'der';

/** The id of a finding. Programs rely on these; people read the message and the hint. */
export type FindingId =
	| `${Role}-${FileError}`
	| 'cr-only-line-ends'
	| 'indented'
	| 'bom'
	| 'leading-text'
	| 'old-label'
	| 'hardlink'
	| 'cert-pkcs12'
	| 'cert-pkcs7'
	| 'cert-is-csr'
	| 'cert-is-crl'
	| 'cert-is-key'
	| 'cert-has-key'
	| 'cert-trusted-label'
	| 'key-is-csr'
	| 'key-is-cert'
	| 'key-has-cert'
	| 'key-multiple'
	| 'key-encrypted'
	| 'key-openssh'
	| 'key-is-public'
	| 'key-type'
	| 'key-size'
	| 'key-exponent'
	| 'key-label'
	| 'key-mode'
	| 'key-reused'
	| 'key-mismatch'
	| 'key-inconsistent'
	| 'chain-order'
	| 'chain-broken'
	| 'chain-signature'
	| 'chain-not-ca'
	| 'chain-expired'
	| 'chain-missing'
	| 'chain-duplicate'
	| 'chain-long'
	| 'chain-superfluous'
	| 'chain-purpose'
	| 'chain-key'
	| 'chain-name-encoding'
	| 'explicit-curve'
	| 'anchor-not-root'
	| 'netscape-cert-type'
	| 'precertificate'
	| 'must-staple'
	| 'test-ca'
	| 'self-signed'
	| 'cert-is-ca'
	| 'cert-version'
	| 'basic-constraints-missing'
	| 'serial'
	| 'duplicate-extension'
	| 'unknown-critical-extension'
	| 'expired'
	| 'not-yet-valid'
	| 'dates-reversed'
	| 'expires-soon'
	| 'long-validity'
	| 'signature-algorithm'
	| 'extended-key-usage'
	| 'key-usage'
	| 'key-usage-cert-sign'
	| 'names-lost'
	| 'san-missing'
	| 'san-host'
	| 'san-ip-as-dns'
	| 'san-wildcard'
	| 'san-invalid'
	| 'cn-missing'
	| 'cn-multiple'
	| 'cn-not-fqdn'
	| 'cn-wildcard'
	| 'cn-too-long'
	| 'cn-invalid'
	| 'cn-not-in-san';

export type Finding = {
	id: FindingId;
	/** An error refuses the pair; a warning does not. */
	severity: Severity;
	/** The file's name, such as `SOAPServer.crt`. */
	file: string;
	/** What is wrong and what was found, sanitised. */
	message: string;
	/** What to do; with the command that fixes it, where there is one. */
	hint: string;
	/** The numbers in the file, counted from 1, of the certificates that may be left out. */
	certificates?: number[];
};

/** A finding before it is known which file it belongs to. */
export type FindingDraft = Omit<Finding, 'file'>;

export function refuse(id: FindingId, message: string, hint: string): FindingDraft {
	return {id, severity: 'error', message, hint};
}

export function warn(id: FindingId, message: string, hint: string): FindingDraft {
	return {id, severity: 'warning', message, hint};
}

/** A file name as a word of a shell command, in text that is shown and never run from here. No program takes it for an option. */
export function shellWord(name: string): string {
	const word = name.startsWith('-') ? `./${name}` : name;
	return /^[\w.,@%+=:/-]+$/.test(word) ? word : `'${sanitise(word).replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A command whose output goes to a file that must not exist yet: `set -C` makes the shell refuse to write over one. Only its owner may
 * read the file, which may hold a key.
 */
export function intoNewFile(command: string, file: string): string {
	return `(umask 077; set -C; ${command} > ${shellWord(file)})`;
}

/** The command that makes what 2-4 would make of a file, in a new folder. */
export function convertCommand(name: string): string {
	return `tanos certificate convert ${shellWord(name)} --out converted`;
}
