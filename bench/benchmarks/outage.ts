import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import type {Site} from '../../src/installation/change.js';
import {install, planInstallation} from '../../src/installation/install.js';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {makeAppliance} from '../support/appliance.js';
import {longestGap} from '../support/longest-gap.js';

const rounds = 9;
/** How long a started service must stay up before it counts as running; the service is up meanwhile, so it does not change the outage. */
const settle = 100;

/** From the last successful handshake before an installation to the first one after it, and the same for a restart. */
export async function* measure(folder: string): AsyncGenerator<Figure> {
	const appliance = await makeAppliance(folder);
	const site = {...appliance, identity: {...appliance.identity, settle}};
	const served = {port: site.identity.ports.console, servername: site.identity.name};
	const [tanos, peer] = await inTurn(
		rounds,
		async () => longestGap(served, async () => installNew(site)),
		async () => longestGap(served, async () => site.services.restart('taniumserver')),
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
