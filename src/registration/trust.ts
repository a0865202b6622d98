// The two trust files on disk: trusted.crt on the Module Server, trusted-module-servers.crt on the Tanium Server.
import {readFile} from 'node:fs/promises';
import {replaceFile} from '../appliance/atomic-file.js';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {writeModuleServerPlace} from '../appliance/server-places.js';
import {trustServer} from '../appliance/trusted-servers.js';
import {certificatesIn, fingerprintOf, toPem} from '../certificates/parse/pem.js';
import {leafIn, ownTaniumServer} from './console-api.js';

export type Trust = {
	/** Whether trusted.crt holds the installed SOAPServer.crt. */
	taniumServerTrusted: boolean;
	/** Whether trusted-module-servers.crt holds the installed ssl.crt. */
	moduleServerTrusted: boolean;
	/** SHA-256 fingerprints of the installed certificates; undefined for one that is missing or damaged. */
	taniumServer: string | undefined;
	moduleServer: string | undefined;
	/** SHA-256 fingerprints of the certificates in the trust files. */
	trustedTaniumServers: string[];
	trustedModuleServers: string[];
};

/** Compares the files on disk. A file that is missing or damaged counts as empty. */
export async function readTrust(layout: Layout): Promise<Trust> {
	const [taniumServer, moduleServer, trustedTaniumServers, trustedModuleServers] = await Promise.all([
		fingerprintsIn(layout.soapCertificate).then(([leaf]) => leaf),
		fingerprintsIn(layout.moduleServerCertificate).then(([leaf]) => leaf),
		fingerprintsIn(layout.trustedTaniumServers),
		fingerprintsIn(layout.trustedModuleServers),
	]);
	return {
		taniumServerTrusted: taniumServer !== undefined && trustedTaniumServers.includes(taniumServer),
		moduleServerTrusted: moduleServer !== undefined && trustedModuleServers.includes(moduleServer),
		taniumServer,
		moduleServer,
		trustedTaniumServers,
		trustedModuleServers,
	};
}

/** Whether the two servers of one appliance trust each other's installed certificates, by the files on disk. */
export async function trustEachOther(layout: Layout): Promise<boolean> {
	const {taniumServerTrusted, moduleServerTrusted} = await readTrust(layout);
	return taniumServerTrusted && moduleServerTrusted;
}

/** An appliance with its identity. */
type Member = {layout: Layout; identity: Identity};

/** Makes a Tanium Server and a Module Server trust each other, as their installation does. Rejects with the system's error. */
export async function initialTrust(taniumServer: Member, moduleServer: Member): Promise<void> {
	const {place, certificate} = await ownTaniumServer(taniumServer.layout, taniumServer.identity);
	await trustServer(moduleServer.layout, place, certificate);
	const moduleServerCertificate = await leafIn(moduleServer.layout.moduleServerCertificate);
	await replaceFile(taniumServer.layout.trustedModuleServers, toPem('CERTIFICATE', moduleServerCertificate), 0o644);
	const {name, ports} = moduleServer.identity;
	await writeModuleServerPlace(taniumServer.layout, {name, port: ports.moduleServer});
}

async function fingerprintsIn(file: string): Promise<string[]> {
	try {
		return certificatesIn(await readFile(file)).map(der => fingerprintOf(der));
	} catch {
		return [];
	}
}
