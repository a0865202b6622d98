import {auditWarning} from '../appliance/audit.js';
import {installedExpiry} from '../appliance/installed-expiry.js';
import {expiryWarning} from '../certificates/describe/expiry.js';
import type {Site} from '../installation/change.js';
import {keptOutcome} from '../installation/outcome.js';
import {recover} from '../installation/recovery.js';
import type {Report} from '../installation/undo.js';
import {problemIn} from '../problem.js';
import {trustEachOther} from '../registration/trust.js';
import {powerOn} from '../services/power.js';
import {sshDaemon} from './sandbox.js';
import {statesOf} from '../services/service.js';

const notTrusted =
	"The Tanium Server and the Module Server do not trust each other's installed certificates. "
	+ 'To register the Module Server again: 2-M.';

/**
 * Brings a sandbox to the state of a running appliance: completes or undoes an interrupted installation, and starts its services,
 * SSH and SFTP. Resolves with notices for the next sign-in. Never rejects with a Problem.
 */
export async function bringUp(site: Site, report: Report): Promise<string[]> {
	return noticesOf(site, [...(await bringUpServices(site, report)), ...(await noticesFrom(async () => serveSsh(site, report)))]);
}

/** Does the same for a session over SSH, where SSH is served already. */
export async function bringUpServed(site: Site, report: Report): Promise<string[]> {
	return noticesOf(site, await bringUpServices(site, report));
}

async function noticesOf(site: Site, failures: readonly string[]): Promise<string[]> {
	return [...(await keptOutcome(site.layout)), ...failures, ...(await whatIsWrong(site))];
}

/** Recovers and starts the services, without SSH and SFTP. Resolves with what went wrong. */
export async function bringUpServices(site: Site, report: Report): Promise<string[]> {
	return [
		...(await noticesFrom(async () => recover(site, report))),
		...(await noticesFrom(async () => powerOn(site.layout, site.services, report))),
	];
}

/** What the next user who signs in should know about. */
export async function whatIsWrong({layout, identity, services}: Site): Promise<string[]> {
	const states = await statesOf(services);
	const stopped = states.filter(({running}) => !running).map(({name}) => name);
	const isTrustWhole = identity.role !== 'all-in-one' || (await trustEachOther(layout));
	const expiry = await installedExpiry(layout, new Date());
	const warning = expiry && expiryWarning(expiry);
	const unlogged = await auditWarning(layout);
	return [
		...(unlogged === undefined ? [] : [unlogged]),
		...(warning === undefined ? [] : [warning]),
		...(stopped.length === 0 ? [] : [`Stopped: ${stopped.join(', ')}. To start: 2-1.`]),
		...(isTrustWhole ? [] : [notTrusted]),
	];
}

async function serveSsh({layout}: Site, report: Report): Promise<void> {
	const daemon = sshDaemon(layout);
	if (!(await daemon.state())) {
		await report('Start SSH and SFTP', async () => daemon.start());
	}
}

/** Turns a Problem into a notice, so that a user can still sign in and read it. */
async function noticesFrom(work: () => Promise<unknown>): Promise<string[]> {
	try {
		const failures = await work();
		return Array.isArray(failures) ? failures.map(String) : [];
	} catch (error) {
		const problem = problemIn(error);
		if (!problem) {
			throw error;
		}

		return [`${problem.message} ${problem.hint}`.trim()];
	}
}
