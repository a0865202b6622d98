import {readFile} from 'node:fs/promises';
import {hasServer} from '../../appliance/roles.js';
import {installedExpiry} from '../../appliance/installed-expiry.js';
import {describeLeaf} from '../../certificates/describe/describe-certificate.js';
import {formatDays} from '../../certificates/describe/expiry.js';
import {installedFault} from '../../installation/pair-fault.js';
import {messageOf, Problem} from '../../problem.js';
import {checkConnections} from '../../registration/connections.js';
import {readTrust} from '../../registration/trust.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {describeState} from './control-services.js';
import {printExpiry} from '../describe-expiry.js';

/** 4: the current state. Tests every connection of the document's Figure 2. */
export async function showStatus(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const {layout, identity, services} = session;
	const states = await Promise.all(services.names.map(async name => [name, await describeState(services, name)]));
	conversation.table([...states, ...(await certificateRows(session)), ...(await trustRows(session))]);
	printExpiry(conversation, await installedExpiry(layout, session.now()));
	const connections = await conversation.step('Test the connections of the platform', async () => checkConnections(layout, identity));
	conversation.table(
		connections.map(({number, from, to, ok, result}) => [String(number), `${from} -> ${to}`, ok ? 'ok' : 'FAIL', result]),
		false,
		connections.flatMap(({ok}, index) => (ok ? [] : [index])),
	);
	const failed = connections.filter(({ok}) => !ok).length;
	conversation.print(
		failed === 0 ? 'All connections work.' : `${failed} of ${connections.length} connections failed.`,
		failed === 0 ? 'good' : 'bad',
	);
	await conversation.pause();
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

/** A row only when something is wrong, so that the whole status fits a small terminal. */
async function keyRows({layout}: ConsoleSession): Promise<Array<[string, string]>> {
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
