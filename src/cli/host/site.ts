import {mkdir} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {copyAudit} from '../../appliance/audit.js';
import {loopback, type Identity} from '../../appliance/identity.js';
import {layoutOf, type Layout} from '../../appliance/layout.js';
import type {Site} from '../../installation/change.js';
import {endpointsOf, type HostTarget} from '../../installation/host-target.js';
import {Problem} from '../../problem.js';
import {writeToJournal} from '../../services/audit-journal.js';
import {systemdServices} from '../../services/systemd.js';

/** Where everything of this host is. */
export const hostLayout: Layout = layoutOf('/');

/** This host as the place of a change of one of these targets. */
export function hostSite(targets: readonly HostTarget[]): Site {
	const served = Map.groupBy(targets, ({unit}) => unit);
	const services = systemdServices(Object.fromEntries([...served].map(([unit, those]) => [unit, those.flatMap(endpointsOf)])));
	return {layout: hostLayout, identity: hostIdentity(), services};
}

/** A host has no servers of an appliance, and so none of their ports. */
function hostIdentity(): Identity {
	return {
		name: os.hostname(),
		serial: '',
		role: 'all-in-one',
		world: 'host',
		address: loopback,
		ports: {console: 0, moduleServer: 0, ssh: 22, patch: 0},
		settle: 0,
	};
}

/** Throws Problem `not-root` for anybody but root. */
export function assertRoot(why: string, hint = ''): void {
	if (process.geteuid!() !== 0) {
		throw new Problem('not-root', why, `Run it as root, such as with sudo.${hint}`);
	}
}

/** Makes the folders of a change, and has its events copied to the journal. Rejects with Problem `not-root` for anybody else. */
export async function prepareHost(): Promise<void> {
	assertRoot('Only root can change the certificate of a service.');
	process.umask(0o022);
	copyAudit(hostLayout, writeToJournal);
	for (const folder of [hostLayout.state, hostLayout.run, hostLayout.backups]) {
		await mkdir(folder, {recursive: true, mode: 0o700});
	}

	await mkdir(path.dirname(hostLayout.audit), {recursive: true, mode: 0o750});
}
