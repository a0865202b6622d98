// What a health check and the metrics look at, read once.
import {readFile, statfs} from 'node:fs/promises';
import {auditWarning} from '../appliance/audit.js';
import {newestRecord, type ChangeRecord} from '../appliance/change-records.js';
import {expiryOf, type Expiry} from '../certificates/describe/expiry.js';
import {certificatesIn, fingerprintOf} from '../certificates/parse/pem.js';
import type {Site} from '../installation/change.js';
import {readJournal} from '../installation/journal.js';
import {plainKeysIn} from '../installation/outgoing-keys.js';
import {installedFault} from '../installation/pair-fault.js';
import {installedFiles, targets, type Target} from '../installation/target.js';
import {messageOf} from '../problem.js';
import type {Connection} from '../registration/connection.js';
import {checkConnections} from '../registration/connections.js';
import {presentedFingerprint} from '../services/probe.js';
import {statesOf} from '../services/service.js';

/** An installed pair and what its server presents just now. */
export type PairFacts = {
	target: Target;
	/** Undefined when the certificate cannot be read. */
	expiry: Expiry | undefined;
	/** Why the pair cannot be loaded; undefined when it can. */
	fault: string | undefined;
	/** Whether the server presents the installed certificate; undefined when it does not answer. */
	isServed: boolean | undefined;
};

export type Facts = {
	at: Date;
	services: Array<{name: string; running: boolean}>;
	pairs: PairFacts[];
	connections: Connection[];
	/** An installation that was interrupted, or why that is not known; undefined when there is none. */
	interrupted: string | undefined;
	/** Undefined while the audit log can be written. */
	auditWarning: string | undefined;
	/** The names of unencrypted private keys in /outgoing. */
	plainKeys: string[];
	/** Bytes that may still be written to the disk of the appliance's state, and its size. */
	disk: {free: number; size: number};
	/** The newest record of a change. */
	lastChange: ChangeRecord | undefined;
};

/** Reads it all, side by side. Rejects with Problem `folder-is-link` and those of checkConnections(), or with the system's error. */
export async function gatherFacts({layout, identity, services}: Site, at: Date): Promise<Facts> {
	const own = targets.filter(({service}) => services.names.some(name => name === service));
	const [states, pairs, connections, interrupted, warning, plainKeys, disk, lastChange] = await Promise.all([
		statesOf(services),
		Promise.all(own.map(async target => pairFacts({layout, identity}, target, at))),
		checkConnections(layout, identity),
		readJournal(layout).then(
			change => change && `An installation by ${change.user} is not finished.`,
			(error: unknown) => messageOf(error),
		),
		auditWarning(layout),
		plainKeysIn(layout),
		statfs(layout.state),
		newestRecord(layout),
	]);
	return {
		at,
		services: states.map(({name, running}) => ({name, running})),
		pairs,
		connections,
		interrupted,
		auditWarning: warning,
		plainKeys,
		disk: {free: disk.bavail * disk.bsize, size: disk.blocks * disk.bsize},
		lastChange,
	};
}

async function pairFacts({layout, identity}: Pick<Site, 'layout' | 'identity'>, target: Target, at: Date): Promise<PairFacts> {
	const served = await presentedFingerprint(target.endpoints(identity)[0]!);
	try {
		const installed = await readFile(installedFiles(layout, target).certificate);
		const [own] = certificatesIn(installed);
		const isServed = served === undefined || own === undefined ? undefined : served === fingerprintOf(own);
		return {target, expiry: expiryOf(installed, at), fault: await installedFault(layout, target), isServed};
	} catch (error) {
		return {target, expiry: undefined, fault: messageOf(error), isServed: served === undefined ? undefined : false};
	}
}
