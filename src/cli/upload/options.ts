import {parseArgs} from 'node:util';
import {UsageError} from '../command.js';
import {targetOf, type Target} from './target.js';

/** What the words of the call ask for. */
export type UploadOptions = {
	certificate: string;
	key: string;
	targets: Target[];
	/** Names that the certificate must be for. */
	hosts: string[];
	force: boolean;
	identity?: string;
	knownHosts?: string;
	config?: string;
	/** What happens to the local key afterwards. */
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
		throw new UsageError('Name a certificate, its key and where they go: tanos upload CRT KEY USER@HOST');
	}

	if (deletes && keeps) {
		throw new UsageError('--delete-key and --keep-key exclude each other.');
	}

	return {
		certificate, key, targets: hosts.map(text => targetOf(text)), hosts: host, force, json,
		localKey: deletes ? 'delete' : keeps ? 'keep' : 'ask',
		...identity !== undefined && {identity}, ...knownHosts !== undefined && {knownHosts}, ...config !== undefined && {config},
	};
}
