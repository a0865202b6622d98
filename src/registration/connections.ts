// Tests the six numbered connections of the document's Figure 2, "SSL/TLS connections".
import {readFile} from 'node:fs/promises';
import {readArray} from '../appliance/array.js';
import {consoleOf, type Identity} from '../appliance/identity.js';
import {labRootOf} from '../appliance/lab.js';
import type {Layout} from '../appliance/layout.js';
import {hasServer} from '../appliance/roles.js';
import {describePlace, endpointOf, readModuleServerPlace, readRegisteredServers, type Place} from '../appliance/server-places.js';
import {describeCertificate} from '../certificates/describe/describe-certificate.js';
import type {Certificate} from '../certificates/parse/certificate.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {topOfPath} from '../certificates/parse/top-of-path.js';
import {messageOf} from '../problem.js';
import {presentedLeaf} from '../services/probe.js';
import {refusalByClient} from '../services/try-as-client.js';
import {detailed, shownBy, type Connection, type ConnectionResult, type Presented, type Seen} from './connection.js';
import type {Places} from './fixes.js';
import {patchAnswers, type Report, reportOfPatch, reportsOfTaniumServer} from './reports.js';
import {readTrust, type Trust} from './trust.js';

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
			: noListener(taniumServer ? 'Module Server' : 'Tanium Server');
	const places = await placesSeenFrom(layout, identity, isOwn ? undefined : place.name);
	return figure(
		{
			access: await access(layout, identity, taniumServer, trust),
			issuer: issuer(taniumServer),
			registration: toTaniumServer,
			mutual: reports.moduleServer,
			patch: toPatch,
			back: ofPatch ?? reports.taniumServer,
		},
		{trust, taniumServer, moduleServer, listed: isOwn ? trust.trustedTaniumServers : reports.moduleServer.trusts, places},
	);
}

type Tried = Record<'access' | 'issuer' | 'registration' | 'mutual' | 'patch' | 'back', Report>;

/** All six connections as a Tanium Server sees them. */
function figure(tried: Tried, seen: Seen & {trust: Trust; moduleServer: Buffer | undefined}): Connection[] {
	const {trust, taniumServer, moduleServer} = seen;
	const own = shownBy('Tanium Server', taniumServer, 'SOAPServer.crt', trust.taniumServer === undefined ? [] : [trust.taniumServer]);
	const toModuleServer = shownBy('Tanium Server', taniumServer, 'trusted.crt', seen.listed);
	const toTaniumServer = shownBy('Module Server', moduleServer, 'trusted-module-servers.crt', trust.trustedModuleServers);
	const {mutual, back} = tried;
	const asTried = (one: Presented, presented: string | undefined): Presented => ({...one, presented: presented ?? null});
	const connect = (number: Connection['number'], between: readonly [string, string], report: Report, certificates: Presented[]) =>
		detailed({...report, number, from: between[0], to: between[1], certificates}, seen);
	return [
		connect(1, ['User system', 'Tanium Server'], tried.access, [own]),
		connect(2, ['CA', 'Tanium Server'], tried.issuer, [own]),
		connect(3, ['Module Server', 'Tanium Server'], tried.registration, [toModuleServer, toTaniumServer]),
		connect(4, ['Tanium Server', 'Module Server'], mutual, [
			asTried(toModuleServer, mutual.showed),
			asTried(toTaniumServer, mutual.presented),
		]),
		connect(5, ['Module Server', 'patch'], tried.patch, []),
		connect(6, ['patch', 'Tanium Server'], back, [asTried(toModuleServer, back.presented)]),
	];
}

async function ofModuleServer(layout: Layout, identity: Identity): Promise<Connection[]> {
	const servers = (await readRegisteredServers(layout)) ?? [];
	const {trustedTaniumServers} = await readTrust(layout);
	const titleOf = (name: string) => (servers.length === 1 ? 'Tanium Server' : name);
	const toPatch = await patchAnswers(identity);
	const each = await Promise.all(
		servers.map(async place => {
			const taniumServer = await presentedLeaf(await endpointOf(layout, identity, place));
			const [known, back] = [knownServer(taniumServer, trustedTaniumServers), await reportOfPatch(identity, place.name)];
			const seen = {taniumServer, listed: trustedTaniumServers, places: placesOfModuleServer(place)};
			const shown = shownBy('Tanium Server', taniumServer, 'trusted.crt', trustedTaniumServers);
			const title = titleOf(place.name);
			return {
				registration: detailed({...known, number: 3, from: 'Module Server', to: title, certificates: [shown]}, seen),
				back: detailed({...back, number: 6, from: 'patch', to: title, certificates: [{...shown, presented: back.presented ?? null}]}, seen),
			};
		}),
	);
	const places = {elsewhere: {}, taniumServer: '', register: '2-M'};
	return [
		...each.map(({registration}) => registration),
		detailed({...toPatch, number: 5, from: 'Module Server', to: 'patch', certificates: []}, {places}),
		...each.map(({back}) => back),
	];
}

function placesOfModuleServer(taniumServer: Place): Places {
	const {name} = taniumServer;
	const register = `2-M, or TaniumModuleServer register ${describePlace(taniumServer)}`;
	return {elsewhere: {taniumserver: name}, taniumServer: name, register};
}

/** `moduleServer` is the name of the appliance that has the Module Server; undefined for this one. */
async function placesSeenFrom(layout: Layout, {name, ports}: Identity, moduleServer: string | undefined): Promise<Places> {
	if (moduleServer === undefined) {
		return {elsewhere: {}, taniumServer: name, register: '2-M, or soap register'};
	}

	const array = await readArray(layout).catch(() => undefined);
	const isReachable = array?.members.some(({role}) => role === 'module-server') === true;
	const there = `2-M on ${moduleServer}, or TaniumModuleServer register ${name}:${ports.console} there`;
	return {
		elsewhere: {taniummoduleserver: moduleServer, patch: moduleServer},
		taniumServer: name,
		register: isReachable ? '2-M, or soap register' : there,
	};
}

function noListener(server: 'Tanium Server' | 'Module Server'): Report {
	const at = server === 'Tanium Server' ? 'taniumserver' : 'taniummoduleserver';
	return {ok: false, result: `the ${server} does not answer`, reason: 'no-listener', at};
}

function knownServer(presented: Buffer | undefined, trusted: readonly string[]): Report {
	if (!presented) {
		return noListener('Tanium Server');
	}

	return trusted.includes(fingerprintOf(presented))
		? {ok: true, result: 'trusted.crt holds its certificate'}
		: {ok: false, result: 'trusted.crt lacks its certificate', ...unknown('taniumserver')};
}

function unknown(at: 'taniumserver' | 'taniummoduleserver'): Pick<Report, 'reason' | 'at'> {
	return {reason: 'unknown-certificate', at};
}

/** The Module Server's trust file is elsewhere: whether it holds this server's certificate shows in connection 4. */
function registrationElsewhere(moduleServer: Buffer, trust: Trust, asked: Report): Report {
	if (!trust.trustedModuleServers.includes(fingerprintOf(moduleServer))) {
		return {ok: false, result: 'trusted-module-servers.crt lacks its certificate', ...unknown('taniummoduleserver')};
	}

	return asked.ok
		? {ok: true, result: 'both trust files are up to date'}
		: {...asked, ok: false, result: 'the Module Server does not trust this server'};
}

/**
 * Why the two servers have not proven to each other that each has the key of a certificate that the other trusts: the results of the
 * connections that failed. Empty when they have.
 */
export function doubtsIn(connections: readonly ConnectionResult[]): string {
	const failed = connections.filter(({number, ok}) => !ok && (number === 3 || number === 4));
	return [...new Set(failed.map(({result}) => result))].join('; ');
}

/** As checkConnections(), without the details; none when not even the trust files can be read. Never rejects. */
export async function connectionsOf(layout: Layout, identity: Identity): Promise<ConnectionResult[]> {
	const connections = await checkConnections(layout, identity).catch(() => []);
	return connections.map(({number, from, to, ok, result}) => ({number, from, to, ok, result}));
}

/** As a user's browser with the root of the installed certificate, also that of the lab CA, or with the topmost certificate of the file. */
async function access(layout: Layout, identity: Identity, leaf: Buffer | undefined, trust: Trust): Promise<Report> {
	const at = 'taniumserver';
	if (!leaf) {
		return {ok: false, result: 'nothing answers on its port', reason: 'no-listener', at};
	}

	const top = topOfPath(await readFile(layout.soapCertificate).catch(() => Buffer.alloc(0)));
	if (top === undefined || fingerprintOf(leaf) !== trust.taniumServer) {
		return {ok: false, result: 'presents a certificate other than the installed one', reason: 'other-certificate', at};
	}

	const lab = top.selfSigned ? undefined : await labRootOf(layout, top.der).catch(() => undefined);
	const refusal = await refusalByClient(consoleOf(identity), lab ?? top.der);
	return refusal === undefined ? {ok: true, result: acceptance(top, leaf, lab)} : {ok: false, ...refusal, at};
}

function acceptance({der, selfSigned}: Certificate, leaf: Buffer, lab: Buffer | undefined): string {
	if (lab) {
		return 'accepted by its name, with the root of the lab CA';
	}

	return `accepted by its name${selfSigned ? (der.equals(leaf) ? ', as its own root' : ', with its root') : '; its root is not here'}`;
}

function issuer(leaf: Buffer | undefined): Report {
	if (!leaf) {
		return {ok: false, result: 'no certificate is presented', reason: 'no-listener', at: 'taniumserver'};
	}

	try {
		const {selfSigned, issuer: name} = describeCertificate(leaf, new Date());
		return {ok: true, result: selfSigned ? 'self-signed; browsers will warn' : `issued by ${name}`};
	} catch (error) {
		return {ok: false, result: messageOf(error), reason: 'no-certificate', at: 'taniumserver'};
	}
}

function registration(taniumServer: Buffer, moduleServer: Buffer, trust: Trust): Report {
	const taniumServerKnown = trust.trustedTaniumServers.includes(fingerprintOf(taniumServer));
	const moduleServerKnown = trust.trustedModuleServers.includes(fingerprintOf(moduleServer));
	if (taniumServerKnown && moduleServerKnown) {
		return {ok: true, result: 'both trust files are up to date'};
	}

	if (!taniumServerKnown && !moduleServerKnown) {
		return {ok: false, result: 'neither trust file is up to date', ...unknown('taniumserver')};
	}

	return taniumServerKnown
		? {ok: false, result: 'trusted-module-servers.crt lacks ssl.crt', ...unknown('taniummoduleserver')}
		: {ok: false, result: 'trusted.crt lacks SOAPServer.crt', ...unknown('taniumserver')};
}
