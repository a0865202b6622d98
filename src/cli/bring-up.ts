import {once} from 'node:events';
import {connect} from 'node:net';
import type {Site} from '../installation/change.js';
import {keptOutcome} from '../installation/outcome.js';
import {recover} from '../installation/recovery.js';
import type {Report} from '../installation/undo.js';
import {Problem} from '../problem.js';
import {powerOn} from '../services/power.js';
import {sshDaemon} from './sandbox.js';

/**
 * Brings a sandbox to the state of a running appliance: an interrupted installation is finished or undone, its services
 * run as they did, and SFTP is served. Resolves with what whoever signs in next should be told. Rejects with no Problem.
 */
export async function bringUp(site: Site, report: Report): Promise<string[]> {
	const news = [...await bringUpServices(site, report), ...await tolerating(async () => serveSsh(site, report))];
	return [...await keptOutcome(site.layout), ...news];
}

/** The same without SFTP. Resolves with what went wrong. */
export async function bringUpServices(site: Site, report: Report): Promise<string[]> {
	return [
		...await tolerating(async () => recover(site, report)),
		...await powerOn(site.layout, site.services, report),
	];
}

async function serveSsh({layout, identity}: Site, report: Report): Promise<void> {
	if (!await answers(identity.ports.ssh)) {
		await report('Start SSH and SFTP', async () => sshDaemon(layout).start());
	}
}

async function answers(port: number): Promise<boolean> {
	const socket = connect({port, host: '127.0.0.1'});
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}

/** A Problem becomes words. */
async function tolerating(work: () => Promise<unknown>): Promise<string[]> {
	try {
		await work();
		return [];
	} catch (error) {
		if (error instanceof Problem) {
			return [`${error.message} ${error.hint}`];
		}

		throw error;
	}
}
