// What is true after a rollback that did not go as it should: read anew, from the disk and over TLS.
import {presentedFingerprint, type Served} from '../services/probe.js';
import {findInstalled, type Change, type Found, type Site} from './change.js';
import {targetOf} from './target.js';

/** Which pair is in place, and which certificate a new TLS connection gets. */
export type Standing = {found: Found; served: 'old' | 'new' | 'other' | 'nothing'};

/** Reads what is in place and asks the server for its certificate. Never rejects. */
export async function standing(site: Site, change: Change): Promise<Standing> {
	return {found: await found(site, change), served: await served(site, change)};
}

async function found({layout}: Site, change: Change): Promise<Found> {
	try {
		return await findInstalled(layout, change);
	} catch {
		return 'unknown';
	}
}

async function served({identity}: Site, change: Change): Promise<Standing['served']> {
	const each = await Promise.all(
		targetOf(change)
			.endpoints(identity)
			.map(async where => servedAt(where, change)),
	);
	return each.every(one => one === each[0]) ? each[0]! : 'other';
}

async function servedAt(where: Served, change: Change): Promise<Standing['served']> {
	const fingerprint = await presentedFingerprint(where);
	return fingerprint === undefined
		? 'nothing'
		: fingerprint === change.old.leaf
			? 'old'
			: fingerprint === change.new.leaf
				? 'new'
				: 'other';
}

/** Whether all is as it was before the change. */
export function isAsBefore({found, served}: Standing, {wasRunning}: Change): boolean {
	return found === 'old' && served === (wasRunning ? 'old' : 'nothing');
}

const answers: Record<Standing['served'], string> = {
	old: 'serves the old certificate',
	new: 'serves the new certificate',
	other: 'presents a certificate that is neither the old nor the new one',
	nothing: 'does not answer',
};

const files: Record<Found, string> = {
	old: 'the old pair is in place',
	new: 'the new pair is in place',
	mixed: 'the key and the certificate in place do not belong together',
	unknown: 'the pair in place is neither the old nor the new one, or cannot be read',
};

/** One sentence without a full stop. */
export function describeStanding({found, served}: Standing, change: Change): string {
	return `The ${targetOf(change).server} ${answers[served]}, and ${files[found]}`;
}
