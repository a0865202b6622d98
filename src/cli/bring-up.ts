import {installedExpiry} from '../appliance/installed-expiry.js';
import {expiryWarning} from '../certificates/describe/expiry.js';
import type {Site} from '../installation/change.js';
import {keptOutcome} from '../installation/outcome.js';
import {recover} from '../installation/recovery.js';
import type {Report} from '../installation/undo.js';
import {problemIn} from '../problem.js';
import {readTrust} from '../registration/trust.js';
import {powerOn} from '../services/power.js';
import {serviceNames} from '../services/service.js';
import {sshDaemon} from './sandbox.js';

/**
 * Brings a sandbox to the state of a running appliance: an interrupted installation is finished or undone, its services
 * run as they did, and SSH and SFTP are served. Resolves with what whoever signs in next should be told. Rejects with no Problem.
 */
export async function bringUp(site: Site, report: Report): Promise<string[]> {
	return newsOf(site, [...await bringUpServices(site, report), ...await tolerating(async () => serveSsh(site, report))]);
}

/** The same where SSH is served already, as for somebody who comes over it. */
export async function bringUpServed(site: Site, report: Report): Promise<string[]> {
	return newsOf(site, await bringUpServices(site, report));
}

async function newsOf(site: Site, failures: readonly string[]): Promise<string[]> {
	return [...await keptOutcome(site.layout), ...failures, ...await whatIsWrong(site)];
}

/** The same without SFTP. Resolves with what went wrong. */
export async function bringUpServices(site: Site, report: Report): Promise<string[]> {
	return [
		...await tolerating(async () => recover(site, report)),
		...await tolerating(async () => powerOn(site.layout, site.services, report)),
	];
}

/** What somebody who signs in should know about. */
export async function whatIsWrong({layout, services}: Site): Promise<string[]> {
	const states = await Promise.all(serviceNames.map(async name => services.state(name)));
	const stopped = states.filter(({running}) => !running).map(({name}) => name);
	const {taniumServerTrusted, moduleServerTrusted} = await readTrust(layout);
	const expiry = await installedExpiry(layout, new Date());
	const warning = expiry && expiryWarning(expiry);
	return [
		...(warning === undefined ? [] : [warning]),
		...(stopped.length === 0 ? [] : [`Stopped: ${stopped.join(', ')}. To start: 2-1.`]),
		...(taniumServerTrusted && moduleServerTrusted ? [] : ['The Tanium Server and the Module Server do not trust each other\'s installed certificates. To register the Module Server again: 2-M.']),
	];
}

async function serveSsh({layout}: Site, report: Report): Promise<void> {
	const daemon = sshDaemon(layout);
	if (!await daemon.state()) {
		await report('Start SSH and SFTP', async () => daemon.start());
	}
}

/** What stands in the way becomes words, so that somebody can sign in and see it. */
async function tolerating(work: () => Promise<unknown>): Promise<string[]> {
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
