import {fingerprintOf} from '../certificates/parse/pem.js';
import {presentedChain} from '../certificates/parse/presented-chain.js';
import {messageWithHint, problemIn} from '../problem.js';
import {beginsWith, presentedFingerprints} from '../services/probe.js';
import {assertNoLinks} from './assert-no-links.js';
import {certificatesOf, readInstalled, type Site} from './change.js';
import {assertNoJournal} from './journal.js';
import {pairFault} from './pair-fault.js';
import {zeroize} from './pair-files.js';
import type {Target} from './target.js';

/** One thing that was looked at; `problem` says what is wrong with it. */
export type TargetCheck = {what: string; problem?: string};

/** Looks at what a replacement of this pair needs, and at what is served. Changes nothing. */
export async function checkTarget({layout, identity, services}: Site, target: Target): Promise<TargetCheck[]> {
	const {service} = target;
	const chain: string[] = [];
	return [
		await look(`${service} can be controlled`, async () => services.check(service)),
		await look(`${service} is running`, async () => ((await services.state(service)).running ? undefined : 'it is not running.')),
		await look('the installed pair can be loaded', async () => {
			const pair = await readInstalled(layout, target);
			const fault = pairFault(pair);
			chain.push(...presentedChain(certificatesOf(pair)).map(der => fingerprintOf(der)));
			zeroize(pair);
			return fault;
		}),
		await look('the installed files are no links', async () => assertNoLinks(layout, target)),
		await look('no installation was interrupted', async () => assertNoJournal(layout)),
		...(await Promise.all(
			target.endpoints(identity).map(async where =>
				look(`${where.servername} at ${where.host}:${where.port} presents the installed certificate`, async () => {
					const presented = await presentedFingerprints(where);
					return beginsWith(presented, chain) ? undefined : `it presents SHA-256 ${presented.join(', ')}.`;
				}),
			),
		)),
	];
}

async function look(what: string, work: () => Promise<string | undefined | void>): Promise<TargetCheck> {
	try {
		const problem = await work();
		return typeof problem === 'string' ? {what, problem} : {what};
	} catch (error) {
		if (!problemIn(error)) {
			throw error;
		}

		return {what, problem: messageWithHint(error)};
	}
}
