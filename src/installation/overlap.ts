// Replacing a pair without a moment in which the Module Server distrusts the Tanium Server: the new certificate is published in trusted.crt
// beside the old one, and the old one is retired once the new one is proven.
import {certificatesIn} from '../certificates/parse/pem.js';
import {messageOf, Problem} from '../problem.js';
import {leafIn} from '../registration/console-api.js';
import {checkConnections, connectionsOf} from '../registration/connections.js';
import type {Change, Site} from './change.js';
import type {PairBytes} from './pair-bytes.js';
import {moduleServerOf} from './module-server.js';
import {forgetPending, noteRetirement, noteWithdrawal} from './pending-trust.js';

/** What a change with overlap to this certificate, by its fingerprint, finds when it begins. Rejects when the Module Server is silent. */
export async function overlapNow(site: Site, leaf: string): Promise<NonNullable<Change['overlap']>> {
	const connections = await connectionsOf(site.layout, site.identity);
	return {
		wasTrusted: await moduleServerOf(site).holds(leaf),
		worked: connections.filter(({ok, number}) => ok && number >= 3).map(({number}) => number),
	};
}

/** Rejects with Problem `module-server-elsewhere` unless the Module Server can be told which certificates to trust. */
export async function assertCanOverlap(site: Pick<Site, 'layout' | 'identity' | 'moduleServer'>): Promise<void> {
	if (!(await moduleServerOf(site).isReachable())) {
		throw new Problem(
			'module-server-elsewhere',
			'The Module Server is on another appliance, and the two are not in an array: the new certificate cannot be published there from here.',
			'Install without overlap, then register the Module Server again.',
		);
	}
}

/** Adds the new certificate to trusted.crt, for as long as a lease lasts unless it is presented in that time. */
export async function publishNew(site: Site, {certificate}: PairBytes): Promise<void> {
	await moduleServerOf(site).publish(certificatesIn(certificate)[0]!);
}

/** Removes the new certificate from trusted.crt, if this change published it. Rejects with Problem `not-withdrawn`. */
export async function withdrawNew(site: Site, change: Change): Promise<void> {
	if (change.overlap?.wasTrusted !== false) {
		return;
	}

	try {
		await moduleServerOf(site).withdraw(change.new.leaf);
	} catch (error) {
		await noteWithdrawal(site, change.new.leaf).catch(() => undefined);
		throw new Problem(
			'not-withdrawn',
			`The Module Server may still trust the new certificate, which could not be removed from trusted.crt: ${messageOf(error)}`,
			'It is removed once the Module Server answers, or is registered again.',
			{cause: error},
		);
	}
}

/** Rejects with Problem `connection-lost` when a connection that worked before the change does not work now. */
export async function verifyConnections({layout, identity}: Site, {overlap}: Change): Promise<void> {
	const lost = (await checkConnections(layout, identity)).filter(({number, ok}) => !ok && overlap?.worked.includes(number));
	if (lost.length > 0) {
		const words = lost.map(({number, from, to, result}) => `${number}, ${from} to ${to} (${result})`);
		throw new Problem(
			'connection-lost',
			`With the new certificate these connections fail: ${words.join('; ')}.`,
			'Look at 4, Tanium Status.',
		);
	}
}

/** Makes the installed certificate the only one that trusted.crt holds for this Tanium Server. */
export async function retireOld(site: Site): Promise<void> {
	await moduleServerOf(site).retire(await leafIn(site.layout.soapCertificate));
	await forgetPending(site.layout);
}

/** Notes that the old certificate is to be removed later, because of this error. Resolves with what is to be said of it. */
export async function retireLater(site: Site, {new: fresh}: Change, error: unknown): Promise<string> {
	await noteRetirement(site, fresh.leaf);
	return `The Module Server still trusts the old certificate, too, until it answers: ${messageOf(error)}`;
}
