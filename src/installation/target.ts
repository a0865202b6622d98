// The pairs that can be replaced: what of a replacement depends on which of them is replaced. An appliance has two; those of a host are
// described by its administrators (host-target.ts).
import path from 'node:path';
import {consoleOf, moduleServerOf, type Identity} from '../appliance/identity.js';
import {certificateName, keyName, type Layout, type TargetName} from '../appliance/layout.js';
import type {Server} from '../appliance/roles.js';
import type {Verifiers} from '../certificates/check.js';
import type {Policy} from '../certificates/rules/policy.js';
import type {Served} from '../services/probe.js';
import type {ServiceName, UnitName} from '../services/service.js';
import {attributesOn, endpointsOf, installedOn, requiredNames, stagedNames, type HostTarget} from './host-target.js';

/** Where the files of a pair are, or what they are called. `chainFile`: the chain, when it is not in the certificate file. */
export type PairFiles = {certificate: string; key: string; chainFile?: string};

/** Owner and mode of a file, as chown(2) and chmod(2) take them. */
export type Attributes = {uid: number; gid: number; mode: number};

/** A pair that can be replaced, with the server that presents it. */
export type Target = {
	name: string;
	/** What is called so in sentences. */
	server: Server | `${string} service`;
	service: ServiceName | UnitName;
	/** How the service is made to read its files again. A reload is no outage. */
	apply: 'restart' | 'reload';
	/**
	 * What the two files are called, in /incoming, in backups and in place; on a host in backups only. One name: both are in one file, and
	 * then the bytes of the certificate and those of the key are the same.
	 */
	fileNames: PairFiles;
	/** What they are called in /incoming. */
	uploadNames: PairFiles;
	/** The names that the certificate must have. */
	names(identity: Identity): string[];
	/** What the service asks of a certificate, if that is not what the document asks of a Tanium Server's. */
	policy?: Policy;
	/** Who verifies the certificate that the server presents. */
	verifiers: Verifiers;
	/** The first word of the commands about it. */
	word: TargetName;
	/** The menu path of its replacement. */
	menu: string;
	/** The folder in which the pair is installed. */
	folder(layout: Layout): string;
	/** Where the installed pair is, if not by its names in `folder`. */
	installed?: PairFiles;
	/** The owner and mode that its files are to have; what is missing is as it was. */
	attributes?: Partial<Record<keyof PairFiles, Partial<Attributes>>>;
	/** Where the server's log is read. */
	logs(layout: Layout): string;
	/** Where the pair is presented: everywhere, or it is not proven. */
	endpoints(identity: Identity): readonly Served[];
	/** How long the service must run and present the new pair until that counts, in milliseconds. */
	settleMs(identity: Identity): number;
	/** How long after its start or reload the server may present the pair from before, in milliseconds. */
	servesWithinMs: number;
	/** Whether the pair is used by a TLS client as well. */
	isForClients: boolean;
	/** Whether backups are copied to /outgoing, where SFTP users fetch them. */
	isCopied: boolean;
	/** The description of a host's target, as the journal keeps it. */
	host?: HostTarget;
};

const onAppliance = {
	apply: 'restart',
	names: ({name}: Identity) => [name],
	settleMs: ({settle}: Identity) => settle,
	servesWithinMs: 0,
	isForClients: true,
	isCopied: true,
} as const satisfies Partial<Target>;

const soapNames = {certificate: certificateName, key: keyName};
const sslNames = {certificate: 'ssl.crt', key: 'ssl.key'};

/** The pair of the Tanium Server. */
export const soap: Target = {
	...onAppliance,
	name: 'soap',
	word: 'soap',
	server: 'Tanium Server',
	service: 'taniumserver',
	fileNames: soapNames,
	uploadNames: soapNames,
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
	word: 'ssl',
	server: 'Module Server',
	service: 'taniummoduleserver',
	fileNames: sslNames,
	uploadNames: sslNames,
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
		word: 'soap',
		server: `${host.name} service`,
		service: host.unit,
		apply: host.apply,
		fileNames: stagedNames(host),
		uploadNames: soapNames,
		names: () => requiredNames(host),
		policy: host.policy,
		verifiers: 'browsers',
		menu: soap.menu,
		folder: () => path.dirname(certificate),
		installed: installedOn(host),
		attributes: attributesOn(host),
		logs: () => `journalctl -u ${host.unit}`,
		endpoints: () => endpointsOf(host),
		settleMs: () => host.settle,
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

/** The files of this pair in a folder. */
export function pairIn(folder: string, {fileNames: {certificate, key, chainFile}}: Target): PairFiles {
	return {
		certificate: path.join(folder, certificate),
		key: path.join(folder, key),
		...(chainFile !== undefined && {chainFile: path.join(folder, chainFile)}),
	};
}

/** Where the installed pair is. */
export function installedFiles(layout: Layout, target: Target): PairFiles {
	return target.installed ?? pairIn(target.folder(layout), target);
}

/** Whether a file of /outgoing is called like a copy of the key of some pair. */
export function isNamedLikeKey(name: string): boolean {
	return name.endsWith(soap.fileNames.key) || name.endsWith(`-${ssl.fileNames.key}`);
}
