// Tests the six numbered connections of the document's Figure 2, "SSL/TLS connections".
import {readFile} from 'node:fs/promises';
import {consoleOf, type Identity} from '../appliance/identity.js';
import {labRootOf} from '../appliance/lab.js';
import type {Layout} from '../appliance/layout.js';
import {hasServer} from '../appliance/roles.js';
import {endpointOf, readModuleServerPlace, readRegisteredServers} from '../appliance/server-places.js';
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

/**
 * Tests the connections that this appliance takes part in, in the figure's order: all six on a Tanium Server, also with a Module Server
 * elsewhere; 3, 5 and 6 on a Module Server without one, for each Tanium Server. Never rejects because a server does not answer.
 */
export async function checkConnections(layout: Layout, identity: Identity): Promise<Connection[]> {
	return hasServer(identity.role, 'Tanium Server') ? ofTaniumServer(layout, identity) : ofModuleServer(layout, identity);
}

async function ofTaniumServer(layout: Layout, identity: Identity): Promise<Connection[]> {
	const isOwn = hasServer(identity.role, 'Module Server');
	const place = await readModuleServerPlace(layout, identity);
	const moduleServerEndpoint = await endpointOf(layout, identity, place);
	const [trust, taniumServer, moduleServer, reports, ofPatch] = await Promise.all([
		readTrust(layout),
		presentedLeaf(consoleOf(identity)),
		presentedLeaf(moduleServerEndpoint),
		reportsOfTaniumServer(layout, identity),
		isOwn ? reportOfPatch(identity, identity.name) : undefined,
	]);
	// When an own Module Server cannot be asked, patch is still tested directly: it listens on this machine.
	const toPatch = reports.moduleServer.ok || !isOwn ? reports.patch : await patchAnswers(identity);
	const toTaniumServer =
		taniumServer && moduleServer
			? isOwn
				? registration(taniumServer, moduleServer, trust)
				: registrationElsewhere(moduleServer, trust, reports.moduleServer)
			: {ok: false, result: `the ${taniumServer ? 'Module' : 'Tanium'} Server does not answer`};
	return [
		connection(1, 'User system', 'Tanium Server', await access(layout, identity, taniumServer, trust)),
		connection(2, 'CA', 'Tanium Server', issuer(taniumServer)),
		connection(3, 'Module Server', 'Tanium Server', toTaniumServer),
		connection(4, 'Tanium Server', 'Module Server', reports.moduleServer),
		connection(5, 'Module Server', 'patch', toPatch),
		connection(6, 'patch', 'Tanium Server', ofPatch ?? reports.taniumServer),
	];
}

async function ofModuleServer(layout: Layout, identity: Identity): Promise<Connection[]> {
	const servers = (await readRegisteredServers(layout)) ?? [];
	const {trustedTaniumServers} = await readTrust(layout);
	const titleOf = (name: string) => (servers.length === 1 ? 'Tanium Server' : name);
	const toPatch = await patchAnswers(identity);
	const each = await Promise.all(
		servers.map(async place => {
			const presented = await presentedLeaf(await endpointOf(layout, identity, place));
			return {
				title: titleOf(place.name),
				known: knownServer(presented, trustedTaniumServers),
				back: await reportOfPatch(identity, place.name),
			};
		}),
	);
	return [
		...each.map(({title, known}) => connection(3, 'Module Server', title, known)),
		connection(5, 'Module Server', 'patch', toPatch),
		...each.map(({title, back}) => connection(6, 'patch', title, back)),
	];
}

function knownServer(presented: Buffer | undefined, trusted: readonly string[]): Report {
	if (!presented) {
		return {ok: false, result: 'the Tanium Server does not answer'};
	}

	return trusted.includes(fingerprintOf(presented))
		? {ok: true, result: 'trusted.crt holds its certificate'}
		: {ok: false, result: 'trusted.crt lacks its certificate'};
}

/** The Module Server's trust file is elsewhere: whether it holds this server's certificate shows in connection 4. */
function registrationElsewhere(moduleServer: Buffer, trust: Trust, asked: Report): Report {
	if (!trust.trustedModuleServers.includes(fingerprintOf(moduleServer))) {
		return {ok: false, result: 'trusted-module-servers.crt lacks its certificate'};
	}

	return asked.ok
		? {ok: true, result: 'both trust files are up to date'}
		: {ok: false, result: 'the Module Server does not trust this server'};
}

/**
 * Why the two servers have not proven to each other that each has the key of a certificate that the other trusts: the results of the
 * connections that failed. Empty when they have.
 */
export function doubtsIn(connections: readonly Connection[]): string {
	const failed = connections.filter(({number, ok}) => !ok && (number === 3 || number === 4));
	return [...new Set(failed.map(({result}) => result))].join('; ');
}

/** As checkConnections(), but none when not even the trust files can be read. Never rejects. */
export async function connectionsOf(layout: Layout, identity: Identity): Promise<Connection[]> {
	return checkConnections(layout, identity).catch(() => []);
}

function connection(number: Connection['number'], from: string, to: string, {ok, result}: Report): Connection {
	return {number, from, to, ok, result: result.replaceAll(/[^ -~]+/g, '?').slice(0, 60)};
}

/** As a user's browser with the root of the installed certificate, also that of the lab CA, or with the topmost certificate of the file. */
async function access(layout: Layout, identity: Identity, leaf: Buffer | undefined, trust: Trust): Promise<Report> {
	if (!leaf) {
		return {ok: false, result: 'nothing answers on its port'};
	}

	const top = topOfPath(await readFile(layout.soapCertificate).catch(() => Buffer.alloc(0)));
	if (top === undefined || fingerprintOf(leaf) !== trust.taniumServer) {
		return {ok: false, result: 'presents a certificate other than the installed one'};
	}

	const lab = top.selfSigned ? undefined : await labRootOf(layout, top.der).catch(() => undefined);
	const refusal = await refusalByClient(consoleOf(identity), lab ?? top.der);
	return refusal === undefined ? {ok: true, result: acceptance(top, leaf, lab)} : {ok: false, result: refusal};
}

function acceptance({der, selfSigned}: Certificate, leaf: Buffer, lab: Buffer | undefined): string {
	if (lab) {
		return 'accepted by its name, with the root of the lab CA';
	}

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

function registration(taniumServer: Buffer, moduleServer: Buffer, trust: Trust): Report {
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
