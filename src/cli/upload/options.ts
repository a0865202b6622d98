import {parseArgs} from 'node:util';
import {UsageError} from '../command.js';
import {targetOf, type Target} from './target.js';

/** The arguments and options of `tanos upload`. */
export type UploadOptions = {
	certificate: string;
	key: string;
	targets: Target[];
	/** Host names that the certificate must cover. */
	hosts: string[];
	force: boolean;
	identity?: string;
	knownHosts?: string;
	config?: string;
	/** What to do with the local key afterwards. */
	localKey: 'delete' | 'keep' | 'ask';
	json: boolean;
};

/** Throws UsageError, or what parseArgs throws. */
export function uploadOptionsOf(words: string[]): UploadOptions {
	const {values, positionals: [certificate, key, ...hosts]} = parseArgs({args: words, allowPositionals: true, options: {
		host: {type: 'string', multiple: true, default: []}, force: {type: 'boolean', default: false}, identity: {type: 'string', short: 'i'},
		'known-hosts': {type: 'string'}, config: {type: 'string', short: 'F'}, 'delete-key': {type: 'boolean', default: false},
		'keep-key': {type: 'boolean', default: false}, json: {type: 'boolean', default: false},
	}});
	const {'delete-key': deletes, 'keep-key': keeps, 'known-hosts': knownHosts, identity, config, host, force, json} = values;
	if (certificate === undefined || key === undefined || hosts.length === 0) {
		throw new UsageError('Name a certificate, its key and a destination: tanos upload CRT KEY USER@HOST');
	}

	if (deletes && keeps) {
		throw new UsageError('--delete-key and --keep-key cannot be combined.');
	}

	return {
		certificate, key, targets: hosts.map(text => targetOf(text)), hosts: host, force, json,
		localKey: deletes ? 'delete' : keeps ? 'keep' : 'ask',
		...identity !== undefined && {identity}, ...knownHosts !== undefined && {knownHosts}, ...config !== undefined && {config},
	};
}
