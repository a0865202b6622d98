import {readFile} from 'node:fs/promises';
import {installedExpiry} from '../../appliance/installed-expiry.js';
import {leafInWords} from '../../certificates/describe.js';
import {daysInWords} from '../../certificates/expiry.js';
import {Problem} from '../../problem.js';
import {checkConnections} from '../../registration/connections.js';
import {readTrust} from '../../registration/trust.js';
import {serviceNames} from '../../services/service.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {stateInWords} from './control-services.js';
import {sayExpiry} from '../expiry-words.js';

/** 4: what is true now. Every connection of the document's Figure 2 is made while you wait. */
export async function showStatus(talk: Conversation, visit: Visit): Promise<void> {
	const {layout, identity, services} = visit;
	const states = await Promise.all(serviceNames.map(async name => [name, await stateInWords(services, name)]));
	const certificate = await certificateInWords(visit);
	const {taniumServerTrusted, moduleServerTrusted} = await readTrust(layout);
	talk.table([
		...states,
		['SOAPServer.crt', certificate],
		['Trust', trustInWords(taniumServerTrusted, moduleServerTrusted)],
	]);
	sayExpiry(talk, await installedExpiry(layout, visit.now()));
	const connections = await talk.step('Make the connections of the platform', async () => checkConnections(layout, identity));
	talk.table(connections.map(({number, from, to, ok, result}) => [String(number), `${from} -> ${to}`, ok ? 'ok' : 'FAIL', result]));
	const failed = connections.filter(({ok}) => !ok).length;
	talk.say(failed === 0 ? 'All connections are good.' : `${failed} of ${connections.length} connections failed.`, failed === 0 ? 'good' : 'bad');
	await talk.pause();
}

async function certificateInWords({layout, now}: Visit): Promise<string> {
	try {
		const {commonName, notAfter, daysLeft} = leafInWords(await readFile(layout.soapCertificate), now());
		return `${commonName}, valid to ${notAfter.slice(0, 10)}, ${daysInWords(daysLeft)}`;
	} catch (error) {
		return error instanceof Problem ? error.message : 'cannot be read';
	}
}

function trustInWords(taniumServerTrusted: boolean, moduleServerTrusted: boolean): string {
	const lacking = [
		...(taniumServerTrusted ? [] : ['trusted.crt lacks the installed SOAPServer.crt']),
		...(moduleServerTrusted ? [] : ['trusted-module-servers.crt lacks the installed ssl.crt']),
	];
	return lacking.length === 0 ? 'both trust files hold the installed certificates' : `${lacking.join('; ')} (mend: 2-M)`;
}
