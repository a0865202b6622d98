// What is still to be removed from trusted.crt because the Module Server did not answer when it was due. It does not keep a change open: it
// is tried again until it succeeds.
import {readFile, unlink} from 'node:fs/promises';
import * as v from 'valibot';
import {replaceFile} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {lockIfFree} from '../appliance/lock.js';
import {formatStored, parseStored} from '../appliance/stored-json.js';
import {ifPresent} from '../if-present.js';
import {leafIn} from '../registration/console-api.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import type {Site} from './change.js';
import {moduleServerOf} from './module-server.js';

const pendingSchema = v.object({
	/** SHA-256 of the certificate that is to be the only one of this Tanium Server, if it is still installed. */
	only: v.optional(v.string()),
	/** SHA-256 of certificates that were published and are not installed. */
	withdraw: v.optional(v.array(v.string()), []),
});
type Pending = v.InferOutput<typeof pendingSchema>;

/** Notes that this certificate is to be the only one of this Tanium Server in trusted.crt. Rejects with the system's error. */
export async function noteRetirement({layout}: Site, only: string): Promise<void> {
	const {withdraw} = await read(layout);
	await write(layout, {only, withdraw});
}

/** Notes that this published certificate is to be removed from trusted.crt. Rejects with the system's error. */
export async function noteWithdrawal({layout}: Site, sha256: string): Promise<void> {
	const pending = await read(layout);
	await write(layout, {...pending, withdraw: [...new Set([...pending.withdraw, sha256])]});
}

/** Nothing is to be removed any more. Rejects with the system's error. */
export async function forgetPending({pendingTrust}: Layout): Promise<void> {
	await ifPresent(async () => unlink(pendingTrust));
}

/**
 * Removes what is pending, unless an installation is under way, which uses trusted.crt. Resolves with whether nothing is left. Never
 * rejects because the Module Server does not answer.
 */
export async function settlePending(site: Site): Promise<boolean> {
	const {layout} = site;
	const {only, withdraw} = await read(layout);
	if (only === undefined && withdraw.length === 0) {
		return true;
	}

	try {
		await moduleServerOf(site).holds(only ?? withdraw[0]!); // A silent one is waited for without the lock.
		await using lock = await lockIfFree(layout, 'installation');
		if (!lock) {
			return false;
		}

		await remove(site, {only, withdraw});
		await forgetPending(layout);
		return true;
	} catch {
		return false; // It is tried again.
	}
}

async function remove(site: Site, {only, withdraw}: Pending): Promise<void> {
	const moduleServer = moduleServerOf(site);
	const installed = await leafIn(site.layout.soapCertificate);
	const now = fingerprintOf(installed);
	for (const sha256 of withdraw.filter(one => one !== now)) {
		await moduleServer.withdraw(sha256);
	}

	// A pair that was installed since then without overlap is registered, which removes the others.
	if (only === now) {
		await moduleServer.retire(installed);
	}
}

/** What cannot be read is nothing: a registration removes it, too. */
async function read({pendingTrust}: Layout): Promise<Pending> {
	try {
		const text = await ifPresent(async () => readFile(pendingTrust, 'utf8'));
		return text === undefined ? {withdraw: []} : parseStored(text, pendingSchema);
	} catch {
		return {withdraw: []};
	}
}

async function write({pendingTrust}: Layout, pending: Pending): Promise<void> {
	await replaceFile(pendingTrust, formatStored(pending), 0o600);
}
