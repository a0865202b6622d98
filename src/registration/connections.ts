// Tests the six numbered connections of the document's Figure 2, "SSL/TLS connections".
import {readFile} from 'node:fs/promises';
import {consoleOf, moduleServerOf, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {describeCertificate} from '../certificates/describe/describe-certificate.js';
import type {Certificate} from '../certificates/parse/certificate.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {topOfPath} from '../certificates/parse/top-of-path.js';
import {messageOf} from '../problem.js';
import {presentedLeaf} from '../services/probe.js';
import {refusalByClient} from '../services/try-as-client.js';
import {patchAnswers, type Report, reportOfPatch, reportsOfTaniumServer} from './reports.js';
import {readTrust, type Trust} from './trust.js';

export type Connection = {
	/** As in the figure. */
	number: 1 | 2 | 3 | 4 | 5 | 6;
	from: string;
	to: string;
	ok: boolean;
	/** One line of printable ASCII, at most 60 characters. */
	result: string;
};

/** Tests all six connections, in the figure's order. Never rejects because a server does not answer. */
export async function checkConnections(layout: Layout, identity: Identity): Promise<Connection[]> {
	const [trust, taniumServer, moduleServer, reports, fromPatch] = await Promise.all([
		readTrust(layout),
		presentedLeaf(consoleOf(identity)),
		presentedLeaf(moduleServerOf(identity)),
		reportsOfTaniumServer(layout, identity),
		reportOfPatch(identity),
	]);
	// When the Module Server cannot be asked, patch is still tested directly: it listens on this machine.
	const toPatch = reports.moduleServer.ok ? reports.patch : await patchAnswers(identity);
	return [
		connection(1, 'User system', 'Tanium Server', await access(layout, identity, taniumServer, trust)),
		connection(2, 'CA', 'Tanium Server', issuer(taniumServer)),
		connection(3, 'Module Server', 'Tanium Server', registration(taniumServer, moduleServer, trust)),
		connection(4, 'Tanium Server', 'Module Server', reports.moduleServer),
		connection(5, 'Module Server', 'patch', toPatch),
		connection(6, 'patch', 'Tanium Server', fromPatch),
	];
}

/** As checkConnections(), but none when not even the trust files can be read. Never rejects. */
export async function connectionsOf(layout: Layout, identity: Identity): Promise<Connection[]> {
	return checkConnections(layout, identity).catch(() => []);
}

function connection(number: Connection['number'], from: string, to: string, {ok, result}: Report): Connection {
	return {number, from, to, ok, result: result.replaceAll(/[^ -~]+/g, '?').slice(0, 60)};
}

/** As a user's browser with the root of the installed certificate, or with the topmost certificate that the file holds. */
async function access(layout: Layout, identity: Identity, leaf: Buffer | undefined, trust: Trust): Promise<Report> {
	if (!leaf) {
		return {ok: false, result: 'nothing answers on its port'};
	}

	const top = topOfPath(await readFile(layout.soapCertificate).catch(() => Buffer.alloc(0)));
	if (top === undefined || fingerprintOf(leaf) !== trust.taniumServer) {
		return {ok: false, result: 'presents a certificate other than the installed one'};
	}

	const refusal = await refusalByClient(consoleOf(identity), top.der);
	return refusal === undefined ? {ok: true, result: acceptance(top, leaf)} : {ok: false, result: refusal};
}

function acceptance({der, selfSigned}: Certificate, leaf: Buffer): string {
	return `accepted by its name${selfSigned ? (der.equals(leaf) ? ', as its own root' : ', with its root') : '; its root is not here'}`;
}

function issuer(leaf: Buffer | undefined): Report {
	if (!leaf) {
		return {ok: false, result: 'no certificate is presented'};
	}

	try {
		const {selfSigned, issuer: name} = describeCertificate(leaf, new Date());
		return {ok: true, result: selfSigned ? 'self-signed; browsers will warn' : `issued by ${name}`};
	} catch (error) {
		return {ok: false, result: messageOf(error)};
	}
}

function registration(taniumServer: Buffer | undefined, moduleServer: Buffer | undefined, trust: Trust): Report {
	if (!taniumServer || !moduleServer) {
		return {ok: false, result: `the ${taniumServer ? 'Module' : 'Tanium'} Server does not answer`};
	}

	const taniumServerKnown = trust.trustedTaniumServers.includes(fingerprintOf(taniumServer));
	const moduleServerKnown = trust.trustedModuleServers.includes(fingerprintOf(moduleServer));
	if (taniumServerKnown && moduleServerKnown) {
		return {ok: true, result: 'both trust files are up to date'};
	}

	if (!taniumServerKnown && !moduleServerKnown) {
		return {ok: false, result: 'neither trust file is up to date'};
	}

	return taniumServerKnown
		? {ok: false, result: 'trusted-module-servers.crt lacks ssl.crt'}
		: {ok: false, result: 'trusted.crt lacks SOAPServer.crt'};
}
