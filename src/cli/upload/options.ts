import {UsageError} from '../command.js';
import {uploadDefinition} from '../definitions/programs.js';
import {hostsOf} from '../hosts.js';
import {parseCall} from '../parse-call.js';
import {targetOf, type Target} from './target.js';

/** The arguments and options of `tanos upload`. */
export type UploadOptions = {
	certificate: string;
	/** Absent when the certificate is uploaded alone. */
	key?: string;
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

/** The name of a file where a host was expected: one of the two words before it is missing. */
export const fileName = /\.(?:key|pem|crt|cer|der|p7b|pfx|p12)$/i;

/** Throws UsageError. With two words the second one is the host, and no file. */
export function uploadOptionsOf(words: string[]): UploadOptions {
	const {
		values,
		arguments: {CRT: certificate, KEY: key, '[USER@]HOST[:PORT]': hosts},
	} = parseCall(uploadDefinition, words);
	if (key === undefined && fileName.test(hosts[0]!)) {
		throw new UsageError(`The appliance is missing: ${hosts[0]!} is a file. tanos upload CRT KEY [USER@]HOST`);
	}

	const {'delete-key': deletes, 'keep-key': keeps, 'known-hosts': knownHosts, identity, config, host, force, json} = values;
	return {
		certificate,
		...(key !== undefined && {key}),
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
