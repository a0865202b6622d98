// 2-C-2: the requests whose keys are in this appliance.
import {audit} from '../../appliance/audit.js';
import {leaveInOutgoing} from '../../appliance/outgoing.js';
import {damagedRequests, removeRequest, savedRequests, type SavedRequest} from '../../appliance/requests.js';
import {requestRows} from '../../certificates/rows.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {showRows} from './certificate-words.js';
import {sayWhatNext} from './create-request.js';

export async function manageRequests(talk: Conversation, visit: Visit): Promise<void> {
	const damaged = await damagedRequests(visit.layout);
	if (damaged.length > 0) {
		talk.say(`These saved requests cannot be read. If their keys are not needed, remove the folders:\n${damaged.map(folder => `  ${folder}`).join('\n')}`, 'warning');
	}

	for (;;) {
		const requests = await savedRequests(visit.layout);
		if (requests.length === 0) {
			talk.say('No request that was made here is waiting for its certificate. To make one: 2-C-1.');
			return talk.pause();
		}

		const request = await chooseRequest(talk, requests);
		if (!request) {
			return;
		}

		await manage(talk, visit, request);
	}
}

/** Lets one of these requests be chosen; undefined for R. */
export async function chooseRequest<Kind extends Pick<SavedRequest, 'id' | 'words'>>(talk: Conversation, requests: readonly Kind[]): Promise<Kind | undefined> {
	return talk.choose('Line number of the request, or R:', requests.map((request, index) => ({
		key: String(index + 1), label: `${request.id}   ${request.words.names.slice(0, 3).join(', ')}`, value: request,
	})));
}

async function manage(talk: Conversation, visit: Visit, request: SavedRequest): Promise<void> {
	showRows(talk, requestRows(request.words));
	const verb = await talk.choose<'copy' | 'delete'>(`What to do with ${request.id}, or R:`, [
		{key: '1', label: 'Copy to /outgoing again', value: 'copy'},
		{key: '2', label: 'Delete, with its key', value: 'delete'},
	]);
	if (verb === 'copy') {
		sayWhatNext(talk, visit, await leaveInOutgoing(visit.layout, `${request.id}.csr`, request.request));
	} else if (verb === 'delete' && await talk.confirm('Without its key, a certificate for this request can never be installed. Delete both?', 'YES')) {
		await removeRequest(visit.layout, request);
		await audit(visit.layout, {event: 'request-deleted', user: visit.user.name, request: request.id});
		talk.say(`${request.id} was deleted.`);
	}
}
