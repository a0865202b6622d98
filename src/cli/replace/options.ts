import {isFullyQualified} from '../../certificates/parse/host-names.js';
import {isIP} from 'node:net';
import {UsageError} from '../command.js';
import {replaceDefinition} from '../definitions/replace.js';
import {hostsOf} from '../hosts.js';
import {parseCall} from '../parse-call.js';
import {fileName} from '../upload/options.js';
import {targetOf, type Target} from '../upload/target.js';

/** An appliance, and where its users reach the console. */
export type ReplaceTarget = {target: Target; console: {host: string; port: number}};

/** The arguments and options of `tanos replace`. */
export type ReplaceOptions = {
	certificate: string;
	key: string;
	targets: ReplaceTarget[];
	/** Names that the certificate must be for. */
	hosts: string[];
	/** A name or a file. */
	profile: string;
	copyUser: string;
	files: {password?: string; copyPassword?: string; consolePassword?: string};
	report?: string;
	dryRun: boolean;
	yes: boolean;
	localKey: 'delete' | 'keep' | 'ask';
	ssh: {identity?: string; knownHosts?: string; config?: string};
};

export type LearnOptions = {
	target: Target;
	/** A name or a file. */
	profile: string;
	report: string | undefined;
	passwordFile: string | undefined;
	ssh: ReplaceOptions['ssh'];
};

/** The options of `tanos replace --learn HOST`; undefined without --learn. Throws UsageError. */
export function learnOptionsOf(words: string[]): LearnOptions | undefined {
	const {
		values,
		arguments: {CRT: certificate, '[USER@]HOST[:PORT]': hosts},
	} = parseCall(replaceDefinition, words);
	if (!values.learn) {
		return undefined;
	}

	if (certificate !== undefined || hosts.length > 1) {
		throw new UsageError('--learn takes one appliance and no files. tanos replace --learn [USER@]HOST');
	}

	return {
		target: targetOf(hosts[0]!),
		profile: values.profile,
		report: values.report,
		passwordFile: values['password-file'],
		ssh: sshOptionsOf(values),
	};
}

type SshValues = Record<'identity' | 'known-hosts' | 'config', string | undefined>;

function sshOptionsOf({identity, 'known-hosts': knownHosts, config}: SshValues): ReplaceOptions['ssh'] {
	return {
		...(identity !== undefined && {identity}),
		...(knownHosts !== undefined && {knownHosts}),
		...(config !== undefined && {config}),
	};
}

/** Throws UsageError. */
export function replaceOptionsOf(words: string[]): ReplaceOptions {
	const {
		values,
		arguments: {CRT: certificate, KEY: key, '[USER@]HOST[:PORT]': hosts},
	} = parseCall(replaceDefinition, words);
	if (certificate === undefined || key === undefined) {
		throw new UsageError('The certificate, its key or the appliance is missing. tanos replace CRT KEY [USER@]HOST');
	}

	const targets = targetsOf(hosts, values.console);
	const {profile, report} = values;
	const [password, copyPassword] = [values['password-file'], values['copy-password-file']];
	const consolePassword = values['console-password-file'];
	return {
		certificate,
		key,
		targets,
		hosts: namesOf(targets, hostsOf(values.host)),
		copyUser: values['copy-user'],
		dryRun: values['dry-run'],
		yes: values.yes,
		localKey: values['delete-key'] ? 'delete' : values['keep-key'] ? 'keep' : 'ask',
		files: {
			...(password !== undefined && {password}),
			...(copyPassword !== undefined && {copyPassword}),
			...(consolePassword !== undefined && {consolePassword}),
		},
		profile,
		...(report !== undefined && {report}),
		ssh: sshOptionsOf(values),
	};
}

function targetsOf(hosts: readonly string[], consoles: readonly string[]): ReplaceTarget[] {
	const file = hosts.find(host => fileName.test(host));
	if (file !== undefined) {
		throw new UsageError(`${file} is a file, and an appliance was expected. tanos replace CRT KEY [USER@]HOST`);
	}

	if (consoles.length > 0 && consoles.length !== hosts.length) {
		throw new UsageError(
			`--console is given ${consoles.length} times for ${hosts.length} appliances. Give it once for each, in their order.`,
		);
	}

	return hosts.map((text, index) => {
		const target = targetOf(text);
		const named = consoles[index] === undefined ? undefined : targetOf(consoles[index]);
		return {target, console: {host: named?.host ?? target.host, port: named?.port ?? 443}};
	});
}

/** Without --host the certificate must be for the name by which the console is reached, if that is one that users know. */
function namesOf(targets: readonly ReplaceTarget[], hosts: readonly string[]): string[] {
	const reached = targets.map(({console: {host}}) => host).filter(host => isIP(host) === 0 && isFullyQualified(host));
	return hosts.length > 0 ? [...hosts] : [...new Set(reached)];
}
