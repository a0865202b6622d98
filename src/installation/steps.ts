// The steps of a replacement, each with its undo. The order and the phases are in phases.ts.
import {rm} from 'node:fs/promises';
import {setTimeout as after} from 'node:timers/promises';
import type {Layout} from '../appliance/layout.js';
import {Problem} from '../problem.js';
import {findInstalled, type Change, type PairBytes, type Site} from './change.js';
import {removeJournal} from './journal.js';
import {removeSources} from './pair-sources.js';
import {
	loadPair,
	pairIn,
	placeBeside,
	removeBackup,
	removeBeside,
	restoreSaved,
	savedFolder,
	storePair,
	swapIn,
	zeroize,
	writeBackup,
} from './pair-files.js';
import {verifyServed} from './verify-served.js';
import {testHandshake} from './test-handshake.js';

export type Action = {
	title: string;
	apply(site: Site, change: Change): Promise<void>;
};

export type Step = Action & {
	/** How its effects are undone, whether it was done, half done or not begun. */
	undo?: readonly Action[];
};

/** The steps that write to staging and to the backups only. `fresh` is the new pair, `installed` the one in place. */
export function preparation(fresh: PairBytes, installed: PairBytes): Step[] {
	return [
		{
			title: 'Stage the new pair',
			apply: async ({layout}) => storePair(layout.staging, fresh),
		},
		{
			title: 'Test a TLS handshake with the new pair',
			apply: async ({layout}, change) => withStagedPair(layout, change, testHandshake),
		},
		{
			title: 'Back up the installed pair to /outgoing',
			async apply({layout}, change) {
				await storePair(savedFolder(layout, change), installed);
				await writeBackup(layout, change.backup, installed);
			},
			undo: [
				{
					title: 'Remove the backup',
					async apply({layout}, change) {
						await removeBackup(layout, change.backup);
						await rm(savedFolder(layout, change), {recursive: true, force: true});
					},
				},
			],
		},
	];
}

export const place: Step = {
	title: 'Write the new pair beside the installed one',
	apply: async ({layout}, change) => withStagedPair(layout, change, async pair => placeBeside(layout, pair)),
};

export const stop: Step = {
	title: 'Stop taniumserver',
	apply: async ({services}) => services.stop('taniumserver'),
	undo: [
		{title: 'Start taniumserver with the old pair', apply: async (site, change) => startAsBefore(site, change)},
		{title: 'Verify over TLS that the old certificate is served', apply: async (site, change) => verifyAsBefore(site, change)},
	],
};

export const swap: Step = {
	title: 'Swap the key and the certificate',
	async apply({layout}, change) {
		await swapIn(layout);
		await assertInstalled('new', layout, change);
	},
	undo: [
		{
			title: 'Put the old key and certificate back',
			async apply({layout}, change) {
				if ((await findInstalled(layout, change)) !== 'old') {
					await restoreSaved(layout, change);
					await assertInstalled('old', layout, change);
				}
			},
		},
	],
};

export const start: Step = {
	title: 'Start taniumserver',
	apply: async ({services}) => services.start('taniumserver'),
	undo: [{title: 'Stop taniumserver', apply: async ({services}) => services.stop('taniumserver')}],
};

export const verify: Step = {
	title: 'Verify over TLS that the new certificate is served',
	apply: async (site, change) => verifyServed(site, change.new.chain),
};

export const verifyStable: Step = {
	title: 'Verify again after the settle time',
	async apply(site, change) {
		await after(site.identity.settle);
		await assertRunning(site);
		await verifyServed(site, change.new.chain);
	},
};

export const commit: Step = {
	title: 'Remove the new pair from /incoming and staging',
	apply: finishDeletions,
};

/** Removes what a change leaves behind once it is decided; the journal goes last. */
export async function tidy(site: Site): Promise<void> {
	await removeCopies(site);
	await removeJournal(site.layout);
}

/** Removes the copies of the new pair that are not in place. */
export async function removeCopies({layout}: Site): Promise<void> {
	await removeBeside(layout);
	await rm(layout.staging, {recursive: true, force: true});
}

async function finishDeletions(site: Site, change: Change): Promise<void> {
	await removeSources(change);
	await tidy(site);
}

async function withStagedPair(layout: Layout, change: Change, use: (pair: PairBytes) => Promise<void>): Promise<void> {
	const pair = await loadPair(pairIn(layout.staging), change.new);
	try {
		await use(pair);
	} finally {
		zeroize(pair);
	}
}

async function startAsBefore({services}: Site, {wasRunning}: Change): Promise<void> {
	if (wasRunning) {
		await services.start('taniumserver');
	}
}

async function verifyAsBefore(site: Site, {wasRunning, old}: Change): Promise<void> {
	if (wasRunning) {
		await verifyServed(site, [old.leaf]);
	}
}

async function assertInstalled(expected: 'old' | 'new', layout: Layout, change: Change): Promise<void> {
	const found = await findInstalled(layout, change);
	if (found !== expected) {
		throw new Problem(
			'pair-not-in-place',
			`The pair in ${layout.taniumServer} is not the ${expected} one.`,
			'Somebody else changed it; compare its fingerprint.',
		);
	}
}

async function assertRunning({services, layout}: Site): Promise<void> {
	const {running} = await services.state('taniumserver');
	if (!running) {
		throw new Problem(
			'service-died',
			'The Tanium Server started with the new pair and then ended.',
			`Its log in ${layout.taniumServerLogs} says why.`,
		);
	}
}
