// What the running servers report about the connections that only they can make.
import {once} from 'node:events';
import {request, type IncomingMessage} from 'node:http';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {hasCode, messageOf} from '../problem.js';
import {callConsole, ownTaniumServer} from './console-api.js';

/** Whether a connection works, with a description for display. */
export type Report = {ok: boolean; result: string};

const timeoutMs = 8000;

/** What the Tanium Server reports: itself to the Module Server, the Module Server to patch, patch to itself. */
export type Reports = {moduleServer: Report; patch: Report; taniumServer: Report};

/** Has the Tanium Server of this appliance test the connections that only it can make. Never rejects. */
export async function reportsOfTaniumServer(layout: Layout, identity: Identity): Promise<Reports> {
	try {
		const {body} = await callConsole(await ownTaniumServer(layout, identity), {method: 'GET', path: '/api/v2/diagnostics/module-server'});
		const {data} = JSON.parse(body) as {data: {connections: Array<Report & {to: string}>}};
		const missing = {ok: false, result: 'the Tanium Server did not report it'};
		const to = (name: string) => data.connections.find(connection => connection.to === name) ?? missing;
		return {moduleServer: to('taniummoduleserver'), patch: to('patch'), taniumServer: to('taniumserver')};
	} catch (error) {
		const report = {ok: false, result: unanswered(error, 'Tanium Server')};
		return {moduleServer: report, patch: report, taniumServer: report};
	}
}

/** Whether patch answers on localhost without TLS. Never rejects. */
export async function patchAnswers(identity: Identity): Promise<Report> {
	const {ok, result} = await askPatch(identity, '/health');
	return {ok, result: ok ? 'answers on localhost, without TLS' : result};
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
		const {ok, result} = JSON.parse(Buffer.concat(await response.toArray()).toString('utf8')) as Partial<Report>;
		return {ok: ok === true, result: String(result)};
	} catch (error) {
		return {ok: false, result: unanswered(error, 'module service patch')};
	}
}

function unanswered(error: unknown, title: string): string {
	return hasCode(error, 'ECONNREFUSED') ? 'nothing answers on its port' : `${title}: ${messageOf(error)}`;
}
