import {uploadDefinition} from '../definitions/programs.js';
import {hostsOf} from '../hosts.js';
import {parseCall} from '../parse-call.js';
import {targetOf, type Target} from './target.js';

/** The arguments and options of `tanos upload`. */
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

/** Throws UsageError. */
export function uploadOptionsOf(words: string[]): UploadOptions {
	const {
		values,
		arguments: {CRT: certificate, KEY: key, '[USER@]HOST[:PORT]': hosts},
	} = parseCall(uploadDefinition, words);
	const {'delete-key': deletes, 'keep-key': keeps, 'known-hosts': knownHosts, identity, config, host, force, json} = values;
	return {
		certificate,
		key,
		targets: hosts.map(text => targetOf(text)),
		hosts: hostsOf(host),
		force,
		json,
		localKey: deletes ? 'delete' : keeps ? 'keep' : 'ask',
		...(identity !== undefined && {identity}),
		...(knownHosts !== undefined && {knownHosts}),
		...(config !== undefined && {config}),
	};
}
