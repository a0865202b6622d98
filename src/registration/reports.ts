// What the running servers report about the connections that only they can make.
import {once} from 'node:events';
import {request, type IncomingMessage} from 'node:http';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {hasCode, messageOf, Problem} from '../problem.js';
import type {ServiceName} from '../services/service.js';
import {findingIn, type Reason} from '../tls-refusal.js';
import {callConsole, ownTaniumServer} from './console-api.js';

/** Whether a connection works, with a description for display. */
export type Report = {
	ok: boolean;
	result: string;
	/** Why it does not, and the server that is at fault or whose certificate is. */
	reason?: Reason;
	at?: ServiceName;
	/** SHA-256 fingerprints of the certificates of the client and the server, where the one that tried it says so. */
	showed?: string;
	presented?: string;
	/** What the Module Server's trusted.crt holds, as it says itself. */
	trusts?: string[];
};

const timeoutMs = 8000;

/** What the Tanium Server reports: itself to the Module Server, the Module Server to patch, patch to itself. */
export type Reports = {moduleServer: Report; patch: Report; taniumServer: Report};

/** Has the Tanium Server of this appliance test the connections that only it can make. Never rejects. */
export async function reportsOfTaniumServer(layout: Layout, identity: Identity): Promise<Reports> {
	try {
		const {body} = await callConsole(await ownTaniumServer(layout, identity), {method: 'GET', path: '/api/v2/diagnostics/module-server'});
		const {data} = JSON.parse(body) as {data: {connections: Array<Report & {to: string}>}};
		const missing: Report = {ok: false, result: 'the Tanium Server did not report it', reason: 'no-answer', at: 'taniumserver'};
		const to = (name: string) => data.connections.find(connection => connection.to === name) ?? missing;
		return {moduleServer: to('taniummoduleserver'), patch: to('patch'), taniumServer: to('taniumserver')};
	} catch (error) {
		const report = unanswered(error, 'Tanium Server', 'taniumserver');
		return {moduleServer: report, patch: report, taniumServer: report};
	}
}

/** Whether patch answers on localhost without TLS. Never rejects. */
export async function patchAnswers(identity: Identity): Promise<Report> {
	const report = await askPatch(identity, '/health');
	return report.ok ? {ok: true, result: 'answers on localhost, without TLS'} : report;
}

/** Patch to the Tanium Server of this name, as tested by patch. Never rejects. */
export async function reportOfPatch(identity: Identity, name: string): Promise<Report> {
	return askPatch(identity, `/tanium-server?name=${encodeURIComponent(name)}`);
}

async function askPatch(identity: Identity, path: string): Promise<Report> {
	try {
		const asked = request({
			host: identity.address,
			port: identity.ports.patch,
			path,
			agent: false,
			signal: AbortSignal.timeout(timeoutMs),
		}).end();
		const [response] = (await once(asked, 'response')) as [IncomingMessage];
		const said = JSON.parse(Buffer.concat(await response.toArray()).toString('utf8')) as Partial<Report>;
		return {at: 'taniumserver', ...said, ok: said.ok === true, result: String(said.result)};
	} catch (error) {
		return unanswered(error, 'module service patch', 'patch');
	}
}

function unanswered(error: unknown, title: string, at: ServiceName): Report {
	if (hasCode(error, 'ECONNREFUSED')) {
		return {ok: false, result: 'nothing answers on its port', reason: 'no-listener', at};
	}

	const isOther = error instanceof Problem && error.code === 'other-certificate';
	const reason = findingIn(error instanceof Problem ? error.cause : error) ?? 'no-answer';
	return {ok: false, result: `${title}: ${messageOf(error)}`, reason: isOther ? 'other-certificate' : reason, at};
}
