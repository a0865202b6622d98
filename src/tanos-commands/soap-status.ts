import {exitCodes} from '../exit-codes.js';
import {installedExpiry} from '../appliance/installed-expiry.js';
import {expiryWarning} from '../certificates/describe/expiry.js';
import {describeFile} from '../appliance/certificate-file.js';
import {checkTarget} from '../installation/check-target.js';
import {installedFiles, soap, type Target} from '../installation/target.js';
import {howToRegister} from './soap-register.js';
import type {ConnectionResult} from '../registration/connection.js';
import {checkConnections, doubtsIn} from '../registration/connections.js';
import {trustEachOther} from '../registration/trust.js';
import {alwaysLooks, assertNoArguments, printReport, type Command, type Context} from './command.js';
import {installedCertificate} from './installed.js';
import {servedPair} from './served-pair.js';
import {statesOf} from '../services/service.js';

/** The installed certificate, whether it is what is served, and what stands around it. */
async function status(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, target} = context;
	if (target) {
		return hostStatus(context, target);
	}

	const {layout, identity, services, now} = session;
	const pair = await servedPair(context, soap, await installedCertificate(context));
	const connections = await checkConnections(layout, identity);
	const doubts = await doubtsAbout(session, connections);
	const trusted = doubts === '';
	const states = await statesOf(services);
	const warning = expiryWarning((await installedExpiry(layout, now()))!);
	printReport(
		context,
		[
			...pair.rows,
			['Trust', doubts === '' ? 'both servers trust the certificate of the other' : `${doubts} (fix: ${await howToRegister(session)})`],
			...states.map(({name, running}) => [name, running ? 'running' : 'stopped'] as const),
			...(warning === undefined ? [] : [['Warning', warning] as const]),
		],
		{
			...pair.fields,
			trusted,
			services: states.map(({name, running}) => ({name, running})),
			connections,
			warning: warning ?? null,
		},
	);
	return pair.isGood && trusted ? exitCodes.done : exitCodes.no;
}

/** On a Linux host: what a replacement needs, and whether the installed certificate is served. */
async function hostStatus(context: Context, target: Target): Promise<number> {
	const {session} = context;
	const checks = await checkTarget(session, target);
	const installed = await describeFile(installedFiles(session.layout, target).certificate, session.now());
	const ok = checks.every(({problem}) => problem === undefined);
	printReport(
		context,
		[
			['Target', target.name],
			['Valid to', installed?.notAfter.slice(0, 10) ?? 'cannot be read'],
			...checks.map(
				({what, problem}) => [problem === undefined ? 'ok' : 'failed', problem === undefined ? what : `${what}: ${problem}`] as const,
			),
		],
		{ok, target: target.name, installed: installed ?? null, checks},
	);
	return ok ? exitCodes.done : exitCodes.no;
}

/** What keeps the two servers from trusting each other; empty when nothing does. */
async function doubtsAbout({layout, identity}: Context['session'], connections: readonly ConnectionResult[]): Promise<string> {
	if (identity.role !== 'all-in-one') {
		return doubtsIn(connections);
	}

	return (await trustEachOther(layout)) ? '' : 'a trust file lacks a certificate';
}

export const statusCommands: readonly Command[] = [
	{
		name: 'soap status',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Show the installed SOAP certificate and whether it is served',
		about:
			'Shows the installed SOAPServer.crt, whether the installed key belongs to it, compares it with what the '
			+ 'Tanium Server presents over TLS just now, and shows the trust with the Module Server. Exit code 0 '
			+ 'when the pair can be loaded, is served and trusted, else 1. In JSON, connections has each connection that was tried: what was '
			+ 'presented and expected (certificates), why it fails (reason) and what to do (fix).',
		parameters: '[json]',
		examples: ['soap status', 'soap status json'],
		menu: '4',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		onHost: 'target',
		run: status,
	},
];
