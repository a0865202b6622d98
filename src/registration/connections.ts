// The document's Figure 2, "SSL/TLS connections": its six numbered connections, each of them tested.
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {describeCertificate} from '../certificates/describe/describe-certificate.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {messageOf} from '../problem.js';
import {presentedLeaf} from '../services/probe.js';
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

/** Makes all six connections and says how each went, in the figure's order. Never rejects for a server that does not answer. */
export async function checkConnections(layout: Layout, identity: Identity): Promise<Connection[]> {
	const {ports, name: servername} = identity;
	const [trust, taniumServer, moduleServer, reports, fromPatch] = await Promise.all([
		readTrust(layout),
		presentedLeaf({port: ports.console, servername}),
		presentedLeaf({port: ports.moduleServer, servername}),
		reportsOfTaniumServer(layout, identity),
		reportOfPatch(identity),
	]);
	// When the Module Server lets nobody in, its way to patch is still a local one, which can be tried from here.
	const toPatch = reports.moduleServer.ok ? reports.patch : await patchAnswers(identity);
	return [
		connection(1, 'User system', 'Tanium Server', access(taniumServer, trust)),
		connection(2, 'CA', 'Tanium Server', issuer(taniumServer)),
		connection(3, 'Module Server', 'Tanium Server', registration(taniumServer, moduleServer, trust)),
		connection(4, 'Tanium Server', 'Module Server', reports.moduleServer),
		connection(5, 'Module Server', 'patch', toPatch),
		connection(6, 'patch', 'Tanium Server', fromPatch),
	];
}

function connection(number: Connection['number'], from: string, to: string, {ok, result}: Report): Connection {
	return {number, from, to, ok, result: result.replaceAll(/[^ -~]+/g, '?').slice(0, 60)};
}

function access(leaf: Buffer | undefined, trust: Trust): Report {
	if (!leaf) {
		return {ok: false, result: 'nothing answers on its port'};
	}

	return fingerprintOf(leaf) === trust.taniumServer
		? {ok: true, result: 'presents the installed SOAPServer.crt'}
		: {ok: false, result: 'another certificate than the installed one is presented'};
}

function issuer(leaf: Buffer | undefined): Report {
	if (!leaf) {
		return {ok: false, result: 'no certificate is presented'};
	}

	try {
		const words = describeCertificate(leaf, new Date());
		return {ok: true, result: words.selfSigned ? 'self-signed; browsers will warn' : `issued by ${words.issuer}`};
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
		return {ok: true, result: 'the trust files fit both servers'};
	}

	if (!taniumServerKnown && !moduleServerKnown) {
		return {ok: false, result: 'neither trust file fits its server'};
	}

	return taniumServerKnown ? {ok: false, result: 'its trust file lacks ssl.crt'} : {ok: false, result: 'trusted.crt lacks SOAPServer.crt'};
}
