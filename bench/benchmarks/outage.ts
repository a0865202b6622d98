import {performance} from 'node:perf_hooks';
import {setTimeout as delay} from 'node:timers/promises';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import type {Site} from '../../src/installation/change.js';
import {install, planInstallation} from '../../src/installation/install.js';
import {presentedBy} from '../../src/services/probe.js';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {makeAppliance} from '../support/appliance.js';

const rounds = 9;
/** The time between two attempts at a handshake. */
const pauseMs = 2;
/** How long to continue after the work, so that the first successful handshake after it is seen. */
const afterMs = 50;
/** How long a started service must stay up before it counts as running; the service is up meanwhile, so it does not change the outage. */
const settle = 100;

/** From the last successful handshake before an installation to the first one after it, and the same for a restart. */
export async function* measure(folder: string): AsyncGenerator<Figure> {
	const appliance = await makeAppliance(folder);
	const site = {...appliance, identity: {...appliance.identity, settle}};
	const [tanos, peer] = await inTurn(
		rounds,
		async () => outageOf(site, async () => installNew(site)),
		async () => outageOf(site, async () => site.services.restart('taniumserver')),
	);
	yield figureOf({what: `median of ${rounds}`, unit: 'ms', tanos: median(tanos), peer: median(peer), aim: ratioAim('at most', 1.3)});
}

async function installNew(site: Site): Promise<void> {
	const {certificate, key} = await selfSignedPair({hostnames: [site.identity.name], days: 300});
	const plan = await planInstallation(
		site,
		{certificate: Buffer.from(certificate), key},
		{user: 'bench', from: 'console', now: new Date()},
	);
	const {kind} = await install(site, plan, async (_, work) => work());
	if (kind !== 'installed') {
		throw new Error(`The installation ended ${kind}.`);
	}
}

/** The longest time between two successful handshakes while `work` runs, in milliseconds. */
async function outageOf({identity}: Site, work: () => Promise<void>): Promise<number> {
	let isOver = false;
	let longest = 0;
	const watch = async () => {
		let last = performance.now();
		while (!isOver) {
			try {
				await presentedBy({port: identity.ports.console, servername: identity.name});
				longest = Math.max(longest, performance.now() - last);
				last = performance.now();
			} catch {
				// Down: the next successful handshake ends the outage.
			}

			await delay(pauseMs);
		}
	};

	const watching = watch();
	await work();
	await delay(afterMs);
	isOver = true;
	await watching;
	return longest;
}
