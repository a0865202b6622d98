// The pairs that can be replaced: what of a replacement depends on which of them is replaced. An appliance has two; those of a host are
// described by its administrators (host-target.ts).
import path from 'node:path';
import {consoleOf, moduleServerOf, type Identity} from '../appliance/identity.js';
import {certificateName, keyName, type Layout, type TargetName} from '../appliance/layout.js';
import type {Server} from '../appliance/roles.js';
import type {Verifiers} from '../certificates/check.js';
import type {Served} from '../services/probe.js';
import type {ServiceName, UnitName} from '../services/service.js';
import {endpointsOf, installedOn, stagedNames, type HostTarget} from './host-target.js';

/** Where the two files of a pair are, or what they are called. */
export type PairFiles = {certificate: string; key: string};

/** A pair that can be replaced, with the server that presents it. */
export type Target = {
	name: string;
	/** What is called so in sentences. */
	server: Server | `service ${string}`;
	service: ServiceName | UnitName;
	/** How the service is made to read its files again. A reload is no outage. */
	apply: 'restart' | 'reload';
	/**
	 * What the two files are called, in /incoming, in backups and in place; on a host in backups only. One name: both are in one file, and
	 * then the bytes of the certificate and those of the key are the same.
	 */
	fileNames: PairFiles;
	/** Who verifies the certificate that the server presents. */
	verifiers: Verifiers;
	/** The menu path of its replacement. */
	menu: string;
	/** The folder in which the pair is installed. */
	folder(layout: Layout): string;
	/** Where the installed pair is, if not by its names in `folder`. */
	installed?: PairFiles;
	/** Where the server's log is read. */
	logs(layout: Layout): string;
	/** Where the pair is presented: everywhere, or it is not proven. */
	endpoints(identity: Identity): readonly Served[];
	/** How long after its start or reload the server may present the pair from before, in milliseconds. */
	servesWithinMs: number;
	/** Whether the pair is used by a TLS client as well. */
	isForClients: boolean;
	/** Whether backups are copied to /outgoing, where SFTP users fetch them. */
	isCopied: boolean;
	/** The description of a host's target, as the journal keeps it. */
	host?: HostTarget;
};

const onAppliance = {apply: 'restart', servesWithinMs: 0, isForClients: true, isCopied: true} as const;

/** The pair of the Tanium Server. */
export const soap: Target = {
	...onAppliance,
	name: 'soap',
	server: 'Tanium Server',
	service: 'taniumserver',
	fileNames: {certificate: certificateName, key: keyName},
	verifiers: 'browsers',
	menu: '2-4',
	folder: ({taniumServer}) => taniumServer,
	logs: ({taniumServerLogs}) => taniumServerLogs,
	endpoints: identity => [consoleOf(identity)],
};

/** The pair of the Module Server. */
export const ssl: Target = {
	...onAppliance,
	name: 'ssl',
	server: 'Module Server',
	service: 'taniummoduleserver',
	fileNames: {certificate: 'ssl.crt', key: 'ssl.key'},
	verifiers: 'servers',
	menu: '2-S',
	folder: ({moduleServer}) => moduleServer,
	logs: ({moduleServerLogs}) => moduleServerLogs,
	endpoints: identity => [moduleServerOf(identity)],
};

/** The pairs of an appliance. */
export const targets: readonly Target[] = [soap, ssl];

/** The pair that a change replaces; that of the Tanium Server unless it says so. */
export function targetOf({target = 'soap', host}: {target?: TargetName | undefined; host?: HostTarget | undefined}): Target {
	return host ? hostTarget(host) : targets.find(({name}) => name === target)!;
}

/** The target that an administrator of a host has described. */
export function hostTarget(host: HostTarget): Target {
	const {certificate} = installedOn(host);
	return {
		name: host.name,
		server: `service ${host.name}`,
		service: host.unit,
		apply: host.apply,
		fileNames: stagedNames(host),
		verifiers: 'browsers',
		menu: '',
		folder: () => path.dirname(certificate),
		installed: installedOn(host),
		logs: () => `journalctl -u ${host.unit}`,
		endpoints: () => endpointsOf(host),
		servesWithinMs: 10_000,
		isForClients: host.policy.clientAuth,
		isCopied: false,
		host,
	};
}

/** What the record of a change says of its target: nothing for the Tanium Server's pair, as in earlier releases. */
export function recordedTarget({name, host}: Target): {target?: TargetName; host?: string} {
	return host ? {host: host.name} : name === 'soap' ? {} : {target: name as TargetName};
}

/** The two files of this pair in a folder. */
export function pairIn(folder: string, {fileNames}: Target): PairFiles {
	return {certificate: path.join(folder, fileNames.certificate), key: path.join(folder, fileNames.key)};
}

/** Where the installed pair is. */
export function installedFiles(layout: Layout, target: Target): PairFiles {
	return target.installed ?? pairIn(target.folder(layout), target);
}

/** Whether a file of /outgoing is called like a copy of the key of some pair. */
export function isNamedLikeKey(name: string): boolean {
	return name.endsWith(soap.fileNames.key) || name.endsWith(`-${ssl.fileNames.key}`);
}
