import {performance} from 'node:perf_hooks';
import {setTimeout as after} from 'node:timers/promises';
import {selfSignedPair} from '../src/certificates/issuance/self-signed.js';
import {install, planInstallation} from '../src/installation/install.js';
import type {Site} from '../src/installation/change.js';
import {presentedBy} from '../src/services/probe.js';
import {inMs, inTurn, median, type Figure} from './figures.js';

const rounds = 9;
/** Between two attempts at a handshake, in milliseconds. */
const beat = 2;

/** From the last good handshake before an installation to the first one after, beside a bare restart of the service. */
export async function outageFigures(site: Site): Promise<Figure[]> {
	const quick = {...site, identity: {...site.identity, settle: 100}};
	const installation = async () => {
		const {certificate, key} = await selfSignedPair({hostnames: [site.identity.name], days: 300});
		const plan = await planInstallation(quick, {certificate: Buffer.from(certificate), key}, {user: 'bench', now: new Date()});
		return outageOf(site, async () => {
			const {kind} = await install(quick, plan, async (_, work) => work());
			if (kind !== 'installed') {
				throw new Error(`the installation of the benchmark ended ${kind}`);
			}
		});
	};

	const [installations, restarts] = await inTurn(rounds, installation, async () =>
		outageOf(site, async () => site.services.restart('taniumserver')),
	);
	const ratio = median(installations) / median(restarts);
	return [
		{
			name: 'outage of an installation / of a bare restart',
			value: `${inMs(median(installations))} / ${inMs(median(restarts))} = ${ratio.toFixed(2)}`,
			aim: 'at most 1.3',
		},
	];
}

/** The longest time between two good handshakes while `work` runs. */
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
				// Down: the next good handshake tells for how long.
			}

			await after(beat);
		}
	};

	const watching = watch();
	await work();
	await after(50);
	isOver = true;
	await watching;
	return longest;
}
