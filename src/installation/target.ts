// The pairs that an appliance may have: what of a replacement depends on which of them is replaced.
import path from 'node:path';
import {consoleOf, moduleServerOf, type Endpoint, type Identity} from '../appliance/identity.js';
import {certificateName, keyName, type Layout, type TargetName} from '../appliance/layout.js';
import type {Server} from '../appliance/roles.js';
import type {Verifiers} from '../certificates/check.js';
import type {ServiceName} from '../services/service.js';

/** Where the two files of a pair are, or what they are called. */
export type PairFiles = {certificate: string; key: string};

/** A pair that can be replaced, with the server that presents it. */
export type Target = {
	name: TargetName;
	server: Server;
	service: ServiceName;
	/** What the document calls the two files: in /incoming, in backups and in place. */
	fileNames: PairFiles;
	/** Who verifies the certificate that the server presents. */
	verifiers: Verifiers;
	/** The menu path of its replacement. */
	menu: string;
	/** The folder in which the pair is installed. */
	folder(layout: Layout): string;
	/** The folder of the server's logs. */
	logs(layout: Layout): string;
	/** Where the pair is presented. */
	endpoint(identity: Identity): Endpoint;
};

/** The pair of the Tanium Server. */
export const soap: Target = {
	name: 'soap',
	server: 'Tanium Server',
	service: 'taniumserver',
	fileNames: {certificate: certificateName, key: keyName},
	verifiers: 'browsers',
	menu: '2-4',
	folder: ({taniumServer}) => taniumServer,
	logs: ({taniumServerLogs}) => taniumServerLogs,
	endpoint: consoleOf,
};

/** The pair of the Module Server. */
export const ssl: Target = {
	name: 'ssl',
	server: 'Module Server',
	service: 'taniummoduleserver',
	fileNames: {certificate: 'ssl.crt', key: 'ssl.key'},
	verifiers: 'servers',
	menu: '2-S',
	folder: ({moduleServer}) => moduleServer,
	logs: ({moduleServerLogs}) => moduleServerLogs,
	endpoint: moduleServerOf,
};

export const targets: readonly Target[] = [soap, ssl];

/** The pair that a change replaces; that of the Tanium Server unless it says so. */
export function targetOf({target = 'soap'}: {target?: TargetName | undefined}): Target {
	return targets.find(({name}) => name === target)!;
}

/** What is recorded of a target: nothing for the Tanium Server's pair, as in earlier releases. */
export function recordedTarget({name}: Target): {target?: TargetName} {
	return name === 'soap' ? {} : {target: name};
}

/** The two files of this pair in a folder. */
export function pairIn(folder: string, {fileNames}: Target): PairFiles {
	return {certificate: path.join(folder, fileNames.certificate), key: path.join(folder, fileNames.key)};
}

/** Where the installed pair is. */
export function installedFiles(layout: Layout, target: Target): PairFiles {
	return pairIn(target.folder(layout), target);
}

/** Whether a file of /outgoing is called like a copy of the key of some pair. */
export function isNamedLikeKey(name: string): boolean {
	return name.endsWith(soap.fileNames.key) || name.endsWith(`-${ssl.fileNames.key}`);
}
