// The steps of a replacement, each with its undo. The order and the phases are in phases.ts.
import {rm} from 'node:fs/promises';
import {setTimeout as after} from 'node:timers/promises';
import type {Layout} from '../appliance/layout.js';
import {Problem} from '../problem.js';
import {installedDigest, isSame, type Change, type Site} from './change.js';
import type {PairBytes} from './pair-bytes.js';
import {placeBeside, removeBeside, restoreOld, swapIn, tryReplacing} from './installed-files.js';
import {publishNew, retireLater, retireOld, verifyConnections, withdrawNew} from './overlap.js';
import {removeSources} from './pair-sources.js';
import {loadPair, removeBackup, savedFolder, storePair, zeroize, writeBackup} from './pair-files.js';
import {pairIn, targetOf, type Target} from './target.js';
import {verifyServed} from './verify-served.js';
import {isReloaded, isRestarted, reloadAsBefore, reloadWithUnits, startAsBefore, startWithUnits} from './service-actions.js';
import {testHandshake} from './test-handshake.js';

export type Action = {
	title(change: Change): string;
	apply(site: Site, change: Change): Promise<void>;
};

type Undo = Action & {
	/** Whether it belongs to this change; absent: to every one. */
	isIn?(change: Change): boolean;
	/** Whether it makes sense only when the old pair is in place. */
	needsOldPair?: true;
};

export type Step = Action & {
	/** Whether it belongs to this change; absent: to every one. */
	isIn?(change: Change): boolean;
	/** For a step that may fail without keeping the change open: notes that it is due, and resolves with what is to be said of it. */
	postpone?(site: Site, change: Change, error: unknown): Promise<string>;
	/** How its effects on the service are undone, whether it was done, half done or not begun. */
	undo?: readonly Undo[];
};

/** The new pair, the one in place, and what of it is copied to /outgoing. */
export type Pairs = {fresh: PairBytes; installed: PairBytes; copy: PairBytes};

/** The steps that write to staging and to the backups only. */
export function preparation({fresh, installed, copy}: Pairs): Step[] {
	return [
		{
			title: () => 'Stage the new pair',
			apply: async ({layout}, change) => storePair(layout.staging, targetOf(change), fresh),
		},
		{
			title: () => 'Test a TLS handshake with the new pair',
			apply: async ({layout}, change) => withStagedPair(layout, change, async pair => testHandshake(pair, targetOf(change))),
		},
		{
			title: change => `Back up the installed pair${targetOf(change).isCopied ? ' to /outgoing' : ''}`,
			async apply({layout}, change) {
				await storePair(savedFolder(layout, change), targetOf(change), installed);
				if (targetOf(change).isCopied) {
					await writeBackup(layout, change, copy);
				}
			},
		},
	];
}

/** Undoes the preparation, whether it was done, half done or not begun. */
export async function undoPreparation(site: Site, change: Change): Promise<void> {
	await withdrawNew(site, change).catch(() => undefined); // Its lease was not ended by being presented, so it ends by itself.
	await removeBackup(site.layout, change);
	await rm(savedFolder(site.layout, change), {recursive: true, force: true});
	await removeCopies(site, targetOf(change));
}

export const tryOut: Step = {
	title: () => 'Check that the installed files can be replaced',
	async apply({layout, services}, change) {
		await tryReplacing(layout, change);
		await services.check(targetOf(change).service);
	},
};

export const place: Step = {
	title: () => 'Write the new pair beside the installed one',
	apply: async ({layout}, change) => withStagedPair(layout, change, async pair => placeBeside(layout, targetOf(change), pair)),
};

const withOverlap = ({overlap}: Change) => overlap !== undefined;

export const publish: Step = {
	title: () => 'Add the new certificate to trusted.crt',
	isIn: withOverlap,
	apply: async (site, change) => withStagedPair(site.layout, change, async pair => publishNew(site, pair)),
	undo: [{title: () => 'Remove the new certificate from trusted.crt', apply: withdrawNew}],
};

export const verifyStillConnected: Step = {
	title: () => 'Verify the connections that worked before',
	isIn: withOverlap,
	apply: verifyConnections,
};

export const retire: Step = {
	title: () => 'Remove the old certificate from trusted.crt',
	isIn: withOverlap,
	apply: async site => retireOld(site),
	postpone: retireLater,
};

export const verifyOld: Undo = {
	title: () => 'Verify over TLS that the old certificate is served',
	needsOldPair: true,
	apply: verifyAsBefore,
};

export const stop: Step = {
	title: change => `Stop ${targetOf(change).service}`,
	isIn: isRestarted,
	apply: async ({services}, change) => services.stop(targetOf(change).service),
	undo: [{title: change => `Start ${targetOf(change).service} with the old pair`, needsOldPair: true, apply: startAsBefore}, verifyOld],
};

export const swap: Step = {
	title: () => 'Swap the key and the certificate',
	async apply({layout}, change) {
		await swapIn(layout, targetOf(change));
		await assertInstalled('new', layout, change);
	},
	undo: [
		{
			title: () => 'Put the old key and certificate back',
			async apply({layout}, change) {
				await restoreOld(layout, change);
				await assertInstalled('old', layout, change);
			},
		},
		{
			title: change => `Reload ${targetOf(change).service} with the old pair`,
			isIn: isReloaded,
			needsOldPair: true,
			apply: reloadAsBefore,
		},
		{...verifyOld, isIn: isReloaded},
	],
};

export const start: Step = {
	title: change => `Start ${targetOf(change).service}`,
	isIn: isRestarted,
	apply: startWithUnits,
	undo: [
		{title: change => `Stop ${targetOf(change).service}`, apply: async ({services}, change) => services.stop(targetOf(change).service)},
	],
};

export const reload: Step = {
	title: change => `Reload ${targetOf(change).service}`,
	isIn: isReloaded,
	apply: reloadWithUnits,
};

export const verify: Step = {
	title: () => 'Verify over TLS that the new certificate is served',
	apply: async (site, change) => verifyServed(site, change, change.new.chain),
};

export const verifyStable: Step = {
	title: () => 'Verify again after the settle time',
	async apply(site, change) {
		const before = await processOf(site, change);
		await verifyServed(site, change, change.new.chain);
		await after(targetOf(change).settleMs(site.identity));
		if ((await processOf(site, change)) !== before) {
			throw died(site, targetOf(change), startedAgain);
		}

		await verifyServed(site, change, change.new.chain);
	},
};

export const commit: Step = {
	title: () => 'Remove the new pair from /incoming and staging',
	async apply(site, change) {
		await removeSources(change);
		await removeCopies(site, targetOf(change));
	},
};

/** Removes the copies of a new pair for this target that are not in place. */
export async function removeCopies({layout}: Site, target: Target): Promise<void> {
	await removeBeside(layout, target);
	await rm(layout.staging, {recursive: true, force: true});
}

async function withStagedPair(layout: Layout, change: Change, use: (pair: PairBytes) => Promise<void>): Promise<void> {
	const pair = await loadPair(pairIn(layout.staging, targetOf(change)), change.new);
	try {
		await use(pair);
	} finally {
		zeroize(pair);
	}
}

async function verifyAsBefore(site: Site, change: Change): Promise<void> {
	if (change.wasRunning) {
		await verifyServed(site, change, [change.old.leaf]);
	}
}

async function assertInstalled(expected: 'old' | 'new', layout: Layout, change: Change): Promise<void> {
	const found = await installedDigest(layout, targetOf(change));
	if (!found || !isSame(found, change[expected])) {
		throw new Problem(
			'pair-not-in-place',
			`The pair in ${targetOf(change).folder(layout)} is not the ${expected} one.`,
			'Somebody else changed it; compare its fingerprint.',
		);
	}
}

/** The process that runs now. Rejects with Problem `service-died` when there is none. */
async function processOf(site: Site, change: Change): Promise<string> {
	const target = targetOf(change);
	const state = await site.services.state(target.service);
	if (!state.running) {
		throw died(site, target, 'started with the new pair and then ended.');
	}

	if (isRestarted(change) && (state.restarts ?? 0) > 0) {
		throw died(site, target, startedAgain);
	}

	return state.process;
}

const startedAgain = 'started with the new pair, then ended and was started again.';

function died({layout}: Site, {server, logs}: Target, what: string): Problem {
	return new Problem('service-died', `The ${server} ${what}`, `Its log says why: ${logs(layout)}`);
}
