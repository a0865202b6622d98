import {readFile} from 'node:fs/promises';
import type {By} from '../../appliance/by.js';
import {auditWarning} from '../../appliance/audit.js';
import {expiryOf, expiryWarning, type Expiry} from '../../certificates/describe/expiry.js';
import type {ConsoleEnvironment} from '../../console/environment.js';
import {installedOn, type HostTarget} from '../../installation/host-target.js';
import {assertNoJournal} from '../../installation/journal.js';
import {keptOutcome} from '../../installation/outcome.js';
import {hostTarget} from '../../installation/target.js';
import {messageWithHint} from '../../problem.js';
import {membersOf} from '../../services/accounts.js';
import {consoleEnvironmentOf} from '../environment.js';
import {convertInUnit} from './convert.js';
import {hostLayout, hostSite} from './site.js';
import {describedTargets, targetsIn} from './targets.js';
import {isBeingWritten} from './upload-lease.js';

/** The environment of a session on this host. Targets are those that are described when it begins. */
export async function hostEnvironment({from}: By): Promise<ConsoleEnvironment> {
	const described = await describedTargets(hostLayout);
	const targets = targetsIn(described);
	const site = hostSite(targets);
	const invalid = described.flatMap(one => ('problem' in one ? [messageWithHint(one.problem)] : []));
	return {
		...consoleEnvironmentOf(site, {
			greeting: [],
			from,
			reachedAt: {host: site.identity.name, port: 22},
			bringUp: async () => [...invalid, ...(await notices(targets))],
		}),
		targets: async () => targets.map(target => hostTarget(target)),
		expiry: async () => firstExpiry(targets),
		users: async () => (await membersOf(['tanadmin', 'tanuser'])).map(({name, group}) => ({name, role: group})),
		convert: convertInUnit,
		isBeingWritten,
	};
}

/** What the next user who signs in should know. An interrupted installation is recovered by a unit of its own. */
async function notices(targets: readonly HostTarget[]): Promise<string[]> {
	const expiry = await firstExpiry(targets);
	const warning = expiry && expiryWarning(expiry);
	const unlogged = await auditWarning(hostLayout);
	return [
		...(await keptOutcome(hostLayout)),
		...(await assertNoJournal(hostLayout).then(
			() => [],
			(error: unknown) => [messageWithHint(error)],
		)),
		...(unlogged === undefined ? [] : [unlogged]),
		...(warning === undefined ? [] : [warning]),
	];
}

/** When the installed certificate that ends first does. */
async function firstExpiry(targets: readonly HostTarget[]): Promise<Expiry | undefined> {
	const all = await Promise.all(
		targets.map(async target => {
			try {
				return expiryOf(await readFile(installedOn(target).certificate), new Date());
			} catch {
				return undefined; // Such as a damaged certificate: the status says so.
			}
		}),
	);
	return all.filter(one => one !== undefined).toSorted((one, other) => one.notAfter.localeCompare(other.notAfter))[0];
}
