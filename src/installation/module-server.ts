import {leaseMs, publishCertificate, trustServer, withdrawCertificate} from '../appliance/trusted-servers.js';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {readTrust} from '../registration/trust.js';
import type {Registered} from '../registration/register.js';

/** What a Tanium Server has its Module Server do about its certificates, wherever that one is. Certificates are DER. */
export interface ModuleServerTrust {
	/** Whether it can be asked: it is on this appliance, or on a member of the array. Says nothing about whether it answers. */
	isReachable(): Promise<boolean>;
	/** Whether trusted.crt holds the certificate with this SHA-256 fingerprint. */
	holds(sha256: string): Promise<boolean>;
	/** Adds a certificate to trusted.crt, for as long as a lease lasts unless it is presented in that time. */
	publish(certificate: Buffer): Promise<void>;
	/** Removes a published certificate. */
	withdraw(sha256: string): Promise<void>;
	/** Makes this certificate the only one of this Tanium Server in trusted.crt. */
	retire(certificate: Buffer): Promise<void>;
}

/** A Module Server on another appliance, which registers itself when it is told to. */
export interface RemoteModuleServer extends ModuleServerTrust {
	/** Registers it with this Tanium Server, which presents this certificate. Resolves and rejects as registerModuleServer() does. */
	register(credentials: {username: string; password: string}, certificate: Buffer): Promise<Registered>;
}

type Where = {layout: Layout; identity: Identity; moduleServer?: RemoteModuleServer};

/** The Module Server of a site: where the site says, else on the same appliance. */
export function moduleServerOf(site: Where): ModuleServerTrust {
	return site.moduleServer ?? ownModuleServer(site);
}

function ownModuleServer({layout, identity}: Where): ModuleServerTrust {
	const place = {name: identity.name, port: identity.ports.console};
	return {
		isReachable: async () => identity.role === 'all-in-one',
		holds: async sha256 => (await readTrust(layout)).trustedTaniumServers.includes(sha256),
		publish: async certificate => void (await publishCertificate(layout, place, certificate, new Date(Date.now() + leaseMs))),
		withdraw: async sha256 => withdrawCertificate(layout, place, sha256),
		retire: async certificate => trustServer(layout, place, certificate),
	};
}
