// The settings of a host in OpenSSH's configuration, from `ssh -G`: no npm library evaluates Include, Match with its conditions
// and the order of files.
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {hasCode, Problem} from '../../problem.js';
import type {Host} from '../../ssh-client/host.js';
import {hostPattern} from '../../ssh-keys/known-hosts.js';
import {jumpsOf, type Target} from './target.js';

export type ConfigOptions = {
	/** The configuration to read instead of the user's and the system's. */
	config?: string;
	/** Options of ssh_config(5), `NAME=VALUE`, that come before it; for the last host only, as those of ssh(1). */
	options?: readonly string[];
	/** The only key to use. */
	identity?: string;
	/** The only file of known hosts to use. */
	knownHosts?: string;
	/** The user when neither the target nor the configuration names one. Default: tancopy. */
	defaultUser?: string;
	/** Called when `ssh` is not installed. */
	note: (words: string) => void;
};

/** Hosts in a route. ProxyJump can be circular. */
const maxRouteLength = 8;

const {homedir, username} = os.userInfo(); // As OpenSSH: the home of the account, not HOME.

/**
 * The route to an appliance, which is its last host. Rejects with Problem `ssh-config` when OpenSSH rejects its configuration,
 * `proxy-command` when the route needs one, or `too-many-hops`.
 */
export async function routeTo(target: Target, options: ConfigOptions): Promise<Host[]> {
	const {host, jumps} = await hostOf(target, options, options.defaultUser ?? 'tancopy');
	return routeVia(host, jumps, {...options, options: []});
}

/** As with OpenSSH, the first jump host may have a ProxyJump of its own; the others are reached through the one before. */
async function routeVia(host: Host, jumps: readonly Target[], options: ConfigOptions): Promise<Host[]> {
	const [first, ...rest] = await Promise.all(jumps.map(async hop => hostOf(hop, options)));
	const route = [...rest.map(hop => hop.host), host];
	for (let next = first; next;) {
		if (route.length >= maxRouteLength) {
			throw new Problem(
				'too-many-hops',
				`The route to ${host.label} has more than ${maxRouteLength} hosts.`,
				'Check ~/.ssh/config for a circular ProxyJump.',
			);
		}

		route.unshift(next.host);
		const before: Target[] = next.jumps;
		const [nearest, ...others] = await Promise.all(before.map(async hop => hostOf(hop, options)));
		route.unshift(...others.map(hop => hop.host));
		next = nearest;
	}

	return route;
}

type Settings = {
	user: string;
	address: string;
	port: number;
	values: ReadonlyMap<string, string[]>;
};

/** The settings of one host. `defaultUser` applies when neither the target nor the configuration names a user. */
async function hostOf(target: Target, options: ConfigOptions, defaultUser?: string): Promise<{host: Host; jumps: Target[]}> {
	const {user, address, port, values} = await settingsOf(target, options, defaultUser);
	const value = (name: string) => values.get(name)?.[0];
	const command = value('proxycommand');
	if (command !== undefined && command !== 'none') {
		throw new Problem(
			'proxy-command',
			`~/.ssh/config has a ProxyCommand for ${target.label}, which this client does not support.`,
			"Use ProxyJump instead, or OpenSSH's sftp.",
		);
	}

	const tokens = tokensFor({user, address, port, host: target.host});
	const files = (name: string) => (values.get(name) ?? []).filter(file => file !== 'none').map(file => expanded(file, tokens));
	const agent = agentOf(value('identityagent'), tokens);
	const known =
		options.knownHosts === undefined
			? [...listed(files('userknownhostsfile')), ...listed(files('globalknownhostsfile'))]
			: [options.knownHosts];
	return {
		jumps: jumpsOf(value('proxyjump') ?? 'none'),
		host: {
			label: target.label,
			address,
			port,
			user,
			identityFiles: options.identity === undefined ? files('identityfile') : [options.identity],
			identitiesOnly: options.identity !== undefined || value('identitiesonly') === 'yes',
			...(agent !== undefined && {agent}),
			knownHosts: {
				files: known,
				name: value('hostkeyalias')?.toLowerCase() ?? hostPattern(address, port),
				hashed: value('hashknownhosts') === 'yes',
				mayAsk: !['true', 'yes'].includes(value('stricthostkeychecking') ?? 'ask'),
			},
		},
	};
}

/** The percent tokens of ssh_config(5). */
function tokensFor({user, address, port, host}: {user: string; address: string; port: number; host: string}): Record<string, string> {
	return {
		'%': '%',
		d: homedir,
		h: address,
		i: String(process.getuid?.()),
		l: os.hostname(),
		L: os.hostname().split('.')[0]!,
		n: host,
		p: String(port),
		r: user,
		u: username,
	};
}

async function settingsOf(
	{host, user, port}: Target,
	{config, options = [], note}: ConfigOptions,
	defaultUser = username,
): Promise<Settings> {
	const given = options.flatMap(option => ['-o', option]);
	const words = [...given, ...(user === undefined ? [] : ['-l', user]), ...(port === undefined ? [] : ['-p', String(port)]), '--', host];
	const {stdout, stderr, failed, cause} = await runSshG(words, configuration(config, defaultUser));
	if (hasCode(cause, 'ENOENT')) {
		note("OpenSSH's client is not installed, so ~/.ssh/config was not read.");
		return {user: user ?? defaultUser, address: host, port: port ?? 22, values: defaults};
	}

	if (failed) {
		throw new Problem('ssh-config', `OpenSSH rejects its configuration for ${host}: ${stderr}`, `Fix it, then check with: ssh -G ${host}`, {
			cause,
		});
	}

	const values = Map.groupBy(
		stdout.split('\n').map(line => /^(\S+) (.*)$/.exec(line) ?? []),
		([, name]) => name ?? '',
	);
	const settings = new Map(values.entries().map(([name, lines]) => [name, lines.map(([, , value = '']) => value)]));
	const value = (name: string) => settings.get(name)?.[0];
	return {
		user: value('user') ?? username,
		address: (value('hostname') ?? host).replace(/^\[(.*)\]$/, '$1'),
		port: Number(value('port') ?? 22),
		values: settings,
	};
}

/** Runs `ssh -G` with this configuration in a temporary file. */
async function runSshG(words: readonly string[], text: string) {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-ssh-'));
	try {
		const file = path.join(folder, 'config');
		await writeFile(file, text, {mode: 0o600});
		return await execa('ssh', ['-G', '-F', file, ...words], {reject: false, stdin: 'ignore'});
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

/**
 * Includes the files that OpenSSH reads, and then sets the default user, which counts only if none of them sets one: the output of
 * `ssh -G` does not show whether a user is configured.
 */
function configuration(config: string | undefined, defaultUser: string): string {
	const own = config === undefined ? [path.join(homedir, '.ssh', 'config'), '/etc/ssh/ssh_config'] : [path.resolve(config)];
	const files = config === 'none' || config === '/dev/null' ? [] : own; // ssh refuses to include a device.
	return [...files.map(file => `Include "${file}"`), 'Match all', `User ${defaultUser}`, ''].join('\n');
}

/** OpenSSH's defaults. */
const defaults: ReadonlyMap<string, string[]> = new Map([
	['identityfile', ['rsa', 'ecdsa', 'ed25519'].map(type => `~/.ssh/id_${type}`)],
	['userknownhostsfile', ['~/.ssh/known_hosts ~/.ssh/known_hosts2']],
	['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2']],
]);

function agentOf(setting: string | undefined, tokens: Record<string, string>): string | undefined {
	const file = setting === undefined || setting === 'SSH_AUTH_SOCK' ? '$SSH_AUTH_SOCK' : setting;
	const named = file.startsWith('$') ? process.env[file.slice(1).replaceAll(/[{}]/g, '')] : expanded(file, tokens);
	return named === 'none' || named === '' ? undefined : named;
}

/** Settings with several files have them in one line. */
function listed(lines: readonly string[]): string[] {
	return lines
		.flatMap(line => line.split(/ +/))
		.filter(file => file !== '' && file !== 'none')
		.map(file => expanded(file, {}));
}

function expanded(file: string, tokens: Record<string, string>): string {
	return file.replace(/^~(?=\/|$)/, homedir).replaceAll(/%(.)/g, (whole, letter: string) => tokens[letter] ?? whole);
}
