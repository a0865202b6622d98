// The two trust files on disk: trusted.crt on the Module Server, trusted-module-servers.crt on the Tanium Server.
import {readFile} from 'node:fs/promises';
import {replaceFile} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {certificatesIn, fingerprintOf, toPem} from '../certificates/parse/pem.js';
import {leafIn} from './console-api.js';

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

/** Makes the two servers of a new appliance trust each other, as their installation does. Rejects with the system's error. */
export async function initialTrust(layout: Layout): Promise<void> {
	await trustTaniumServer(layout, await leafIn(layout.soapCertificate));
	await replaceFile(layout.trustedModuleServers, toPem('CERTIFICATE', await leafIn(layout.moduleServerCertificate)), 0o644);
}

/** Makes this certificate the only one in trusted.crt. Rejects with the system's error. */
export async function trustTaniumServer(layout: Layout, certificate: Buffer): Promise<void> {
	await replaceFile(layout.trustedTaniumServers, toPem('CERTIFICATE', certificate), 0o644);
}

async function fingerprintsIn(file: string): Promise<string[]> {
	try {
		return certificatesIn(await readFile(file)).map(der => fingerprintOf(der));
	} catch {
		return [];
	}
}
