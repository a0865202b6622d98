// Replacing a pair without a moment in which the Module Server distrusts the Tanium Server: the new certificate is published in trusted.crt
// beside the old one, and the old one is retired once the new one is proven.
import {leaseMs, publishCertificate, trustServer, withdrawCertificate} from '../appliance/trusted-servers.js';
import {certificatesIn} from '../certificates/parse/pem.js';
import {Problem} from '../problem.js';
import {leafIn} from '../registration/console-api.js';
import {readTrust} from '../registration/trust.js';
import {checkConnections, connectionsOf} from '../registration/connections.js';
import type {Change, PairBytes, Site} from './change.js';

/** What a change with overlap to the certificate of this fingerprint finds when it begins. */
export async function overlapNow({layout, identity}: Site, leaf: string): Promise<NonNullable<Change['overlap']>> {
	const connections = await connectionsOf(layout, identity);
	const {trustedTaniumServers} = await readTrust(layout);
	return {
		wasTrusted: trustedTaniumServers.includes(leaf),
		worked: connections.filter(({ok, number}) => ok && number >= 3).map(({number}) => number),
	};
}

/** Rejects with Problem `module-server-elsewhere` unless both servers are on this appliance. */
export function assertBothHere({identity}: Pick<Site, 'identity'>): void {
	if (identity.role !== 'all-in-one') {
		throw new Problem(
			'module-server-elsewhere',
			'The Module Server is on another appliance, so the new certificate cannot be published there from here.',
			'Install without overlap, then register the Module Server again.',
		);
	}
}

/** Adds the new certificate to trusted.crt, for as long as a lease lasts unless it is presented in that time. */
export async function publishNew({layout}: Site, {certificate}: PairBytes): Promise<void> {
	const [leaf] = certificatesIn(certificate);
	await publishCertificate(layout, leaf!, new Date(Date.now() + leaseMs));
}

/** Removes the new certificate from trusted.crt, if this change published it. */
export async function withdrawNew({layout}: Site, change: Change): Promise<void> {
	if (change.overlap?.wasTrusted === false) {
		await withdrawCertificate(layout, change.new.leaf);
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
export async function retireOld({layout, identity}: Site): Promise<void> {
	const place = {name: identity.name, port: identity.ports.console};
	await trustServer(layout, place, await leafIn(layout.soapCertificate));
}
