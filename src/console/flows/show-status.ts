import {readFile} from 'node:fs/promises';
import {readArray} from '../../appliance/array.js';
import {hasServer} from '../../appliance/roles.js';
import {describeFile} from '../../appliance/certificate-file.js';
import {installedExpiry} from '../../appliance/installed-expiry.js';
import type {Layout} from '../../appliance/layout.js';
import {readModuleServerPlace, readRegisteredServers} from '../../appliance/server-places.js';
import {describeLeaf} from '../../certificates/describe/describe-certificate.js';
import {formatDays} from '../../certificates/describe/expiry.js';
import {installedFault} from '../../installation/pair-fault.js';
import {messageOf, Problem} from '../../problem.js';
import {checkConnections} from '../../registration/connections.js';
import {readTrust} from '../../registration/trust.js';
import {statesOf} from '../../services/service.js';
import type {Conversation, Tone} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {noteOfExpiry, printExpiry} from '../describe-expiry.js';
import {failuresOf, listOf, statusDrawing, verdictOf, type Status} from '../picture/status-drawing.js';
import {describeState} from './control-services.js';
import {showHostStatus} from './show-host-status.js';

const title = 'Test the connections of the platform';

/** 4: the current state. Tries the connections of the document's Figure 2, and draws it for this deployment. */
export async function showStatus(conversation: Conversation, session: ConsoleSession): Promise<void> {
	if (session.targets) {
		return showHostStatus(conversation, session);
	}

	if (conversation.draw) {
		await conversation.draw(title, async () => statusDrawing(await statusOf(session)));
	} else {
		await listStatus(conversation, session);
	}

	await conversation.pause();
}

/** In plain lines: the same as lists. */
async function listStatus(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.table([...(await serviceRows(session)), ...(await certificateRows(session)), ...(await trustRows(session))]);
	printExpiry(conversation, await installedExpiry(session.layout, session.now()));
	const connections = await conversation.step(title, async () => checkConnections(session.layout, session.identity));
	const {rows, heads, bad} = listOf(connections, false);
	conversation.table(rows, heads, bad);
	const failures = failuresOf(connections, 80).map(({text}) => text);
	if (failures.length > 0) {
		conversation.print(failures.join('\n'), 'bad');
	}

	for (const {text, tone} of [...(await whereElse(session)), verdictOf(connections)]) {
		conversation.print(text, tone);
	}
}

async function statusOf(session: ConsoleSession): Promise<Status> {
	const {layout, identity, services, now} = session;
	const isTaniumServer = hasServer(identity.role, 'Tanium Server');
	const isModuleServer = hasServer(identity.role, 'Module Server');
	const registered = isTaniumServer ? [identity] : ((await readRegisteredServers(layout)) ?? []);
	const expiry = await installedExpiry(layout, now());
	const [connections, states] = await Promise.all([checkConnections(layout, identity), statesOf(services)]);
	return {
		connections,
		taniumServers: registered.map(({name}) => name),
		moduleServer: isModuleServer ? identity.name : (await readModuleServerPlace(layout, identity)).name,
		running: Object.fromEntries(states.map(({name, running}) => [name, running])),
		services: await serviceRows(session),
		sslCertificate: isModuleServer ? (await readTrust(layout)).moduleServer : undefined,
		validity: {
			soap: isTaniumServer ? await describeFile(layout.soapCertificate, now()) : undefined,
			ssl: isModuleServer ? await describeFile(layout.moduleServerCertificate, now()) : undefined,
		},
		notes: [
			...(await whereElse(session)),
			...(isTaniumServer ? await keyRows(session) : []).map(([file, fault]) => ({text: `${file}: ${fault}`, tone: 'bad' as const})),
			...noteOfExpiry(expiry),
		],
	};
}

/** Where the connections are tried that this appliance cannot try. */
async function whereElse({layout, identity}: ConsoleSession): Promise<Array<{text: string; tone: Tone}>> {
	if (identity.role === 'module-server') {
		const registered = (await readRegisteredServers(layout)) ?? [];
		return registered.length === 0
			? [{text: 'The Module Server is registered with no Tanium Server yet: 2-M.', tone: 'warning'}]
			: [{text: 'Connections 1, 2 and 4 are tried by the Tanium Status of each Tanium Server.', tone: 'dim'}];
	}

	const members = (await readArray(layout).catch(() => undefined))?.members ?? [];
	const others = members.filter(({name, role}) => name !== identity.name && hasServer(role, 'Tanium Server')).map(({name}) => name);
	return others.length === 0
		? []
		: [{text: `The connections of ${others.join(' and ')} are tried by the Tanium Status there.`, tone: 'dim'}];
}

async function serviceRows({services}: ConsoleSession): Promise<Array<[string, string]>> {
	return Promise.all(services.names.map(async (name): Promise<[string, string]> => [name, await describeState(services, name)]));
}

async function certificateRows(session: ConsoleSession): Promise<Array<[string, string]>> {
	const {layout, identity} = session;
	return hasServer(identity.role, 'Tanium Server')
		? [['SOAPServer.crt', await formatCertificate(session, layout.soapCertificate)], ...(await keyRows(session))]
		: [['ssl.crt', await formatCertificate(session, layout.moduleServerCertificate)]];
}

/** Trust across appliances shows in the connections only. */
async function trustRows({layout, identity}: ConsoleSession): Promise<Array<[string, string]>> {
	if (identity.role !== 'all-in-one') {
		return [];
	}

	const {taniumServerTrusted, moduleServerTrusted} = await readTrust(layout);
	return [['Trust', describeTrust(taniumServerTrusted, moduleServerTrusted)]];
}

/** A row only when something is wrong. */
async function keyRows({layout}: {layout: Layout}): Promise<Array<[string, string]>> {
	try {
		const fault = await installedFault(layout);
		return fault === undefined ? [] : [['SOAPServer.key', fault]];
	} catch (error) {
		return [['SOAPServer.key', messageOf(error)]];
	}
}

async function formatCertificate({now}: ConsoleSession, file: string): Promise<string> {
	try {
		const {commonName, notAfter, daysLeft} = describeLeaf(await readFile(file), now());
		return `${commonName}, valid to ${notAfter.slice(0, 10)}, ${formatDays(daysLeft)}`;
	} catch (error) {
		return error instanceof Problem ? error.message : 'cannot be read';
	}
}

function describeTrust(taniumServerTrusted: boolean, moduleServerTrusted: boolean): string {
	const lacking = [
		...(taniumServerTrusted ? [] : ['trusted.crt lacks the installed SOAPServer.crt']),
		...(moduleServerTrusted ? [] : ['trusted-module-servers.crt lacks the installed ssl.crt']),
	];
	return lacking.length === 0 ? 'both trust files hold the installed certificates' : `${lacking.join('; ')} (fix: 2-M)`;
}
