// What a health check and the metrics look at, read once: of an appliance, or of the targets of a Linux host.
import {readFile, statfs} from 'node:fs/promises';
import {changeRecords, newestRecord, type ChangeRecord} from '../appliance/change-records.js';
import {expiryOf, type Expiry} from '../certificates/describe/expiry.js';
import {certificatesIn, fingerprintOf} from '../certificates/parse/pem.js';
import type {Site} from '../installation/change.js';
import {readJournal} from '../installation/journal.js';
import {installedFault} from '../installation/pair-fault.js';
import {installedFiles, targets, type Target} from '../installation/target.js';
import {messageOf, Problem} from '../problem.js';
import type {Connection} from '../registration/connection.js';
import {checkConnections} from '../registration/connections.js';
import {judgedBySystem, presentedFingerprint, type Judged, type Served} from '../services/probe.js';
import type {AnyName} from '../services/service.js';

/** Where to look; `targets` are those of a Linux host, absent on an appliance. */
export type Observed = Site & {targets?(): Promise<readonly Target[]>};

/** An installed pair and what its server presents just now. */
export type PairFacts = {
	target: Target;
	/** Undefined when the certificate cannot be read. */
	expiry: Expiry | undefined;
	/** Why the pair cannot be loaded; undefined when it can. */
	fault: string | undefined;
	/** Whether the server presents the installed certificate, on a host at each probe; undefined when it does not answer. */
	isServed: boolean | undefined;
	/** Why the CA certificates of this host do not verify what is presented; undefined when they do, and on an appliance. */
	untrusted: string | undefined;
};

export type Facts = {
	at: Date;
	services: Array<{name: string; running: boolean}>;
	pairs: PairFacts[];
	connections: Connection[];
	/** An installation that was interrupted, or why that is not known; undefined when there is none. */
	interrupted: string | undefined;
	/** Bytes that may still be written to the disk of the appliance's state, and its size. */
	disk: {free: number; size: number};
	/** The newest record of a change; on a host that of each target. */
	lastChanges: ChangeRecord[];
};

/** Reads it all, side by side. Rejects as checkConnections() does, or with the system's error. */
export async function gatherFacts(observed: Observed, at: Date): Promise<Facts> {
	const {layout, identity, services} = observed;
	const onHost = await observed.targets?.();
	const own = onHost ?? targets.filter(({service}) => services.names.some(name => name === service));
	const names: AnyName[] = onHost ? [...new Set(onHost.map(({service}) => service))] : [...services.names];
	const [states, pairs, connections, interrupted, disk, lastChanges] = await Promise.all([
		Promise.all(names.map(async name => ({name, running: (await services.state(name)).running}))),
		Promise.all(own.map(async target => pairFacts({layout, identity}, target, at))),
		onHost ? [] : checkConnections(layout, identity),
		readJournal(layout).then(
			change => change && `An installation by ${change.user} is not finished.`,
			(error: unknown) => messageOf(error),
		),
		statfs(layout.state),
		onHost ? newestOfEach(layout, onHost) : newestRecord(layout).then(record => (record ? [record] : [])),
	]);
	return {
		at,
		services: states,
		pairs,
		connections,
		interrupted,
		disk: {free: disk.bavail * disk.bsize, size: disk.blocks * disk.bsize},
		lastChanges,
	};
}

async function newestOfEach(layout: Site['layout'], onHost: readonly Target[]): Promise<ChangeRecord[]> {
	const records = await changeRecords(layout); // The newest first.
	return onHost.flatMap(target => records.find(({host}) => host === target.name) ?? []);
}

async function pairFacts({layout, identity}: Pick<Site, 'layout' | 'identity'>, target: Target, at: Date): Promise<PairFacts> {
	const endpoints = target.endpoints(identity);
	const seen = await Promise.all(endpoints.map(async where => (target.host ? judged(where) : presented(where))));
	const isSilent = seen.some(({fingerprint}) => fingerprint === undefined);
	const untrusted = isSilent ? undefined : seen.find(one => one.untrusted !== undefined)?.untrusted;
	try {
		const installed = await readFile(installedFiles(layout, target).certificate);
		const [own] = certificatesIn(installed);
		const isServed = isSilent || own === undefined ? undefined : seen.every(({fingerprint}) => fingerprint === fingerprintOf(own));
		return {target, expiry: expiryOf(installed, at), fault: await installedFault(layout, target), isServed, untrusted};
	} catch (error) {
		return {target, expiry: undefined, fault: messageOf(error), isServed: isSilent ? undefined : false, untrusted};
	}
}

async function presented(where: Served): Promise<Judged> {
	return {fingerprint: await presentedFingerprint(where), untrusted: undefined};
}

/** Without a fingerprint when nothing answers. */
async function judged(where: Served): Promise<Judged> {
	try {
		return await judgedBySystem(where);
	} catch (error) {
		if (error instanceof Problem) {
			return {fingerprint: undefined, untrusted: undefined};
		}

		throw error;
	}
}
