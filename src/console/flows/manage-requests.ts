// 2-C-2: the saved requests, whose keys are on this appliance.
import {audit, auditChange} from '../../appliance/audit.js';
import {leaveInOutgoing} from '../../appliance/outgoing.js';
import {damagedRequests, removeRequest, savedRequests, type SavedRequest} from '../../appliance/requests.js';
import {checkRequest} from '../../certificates/check-request.js';
import {requestRows} from '../../certificates/describe/rows.js';
import {readRequest} from '../../certificates/parse/request-file.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {showRows} from './show-certificates.js';
import {printNextSteps, wantedNames} from './create-request.js';
import {printFindingList} from './print-findings.js';

export async function manageRequests(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const damaged = await damagedRequests(session.layout);
	if (damaged.length > 0) {
		const folders = damaged.map(folder => `  ${folder}`).join('\n');
		conversation.print(`These saved requests cannot be read. If their keys are not needed, remove the folders:\n${folders}`, 'warning');
	}

	for (;;) {
		const requests = await savedRequests(session.layout);
		if (requests.length === 0) {
			conversation.print('There are no saved requests. To create one: 2-C-1.');
			return conversation.pause();
		}

		const request = await chooseRequest(conversation, requests);
		if (!request) {
			return;
		}

		await manage(conversation, session, request);
	}
}

/** Asks for one of these requests; resolves with undefined for R. */
export async function chooseRequest<Kind extends Pick<SavedRequest, 'id' | 'words'>>(
	conversation: Conversation,
	requests: readonly Kind[],
): Promise<Kind | undefined> {
	return conversation.choose(
		'Line number of the request, or R:',
		requests.map((request, index) => ({
			key: String(index + 1),
			label: `${request.id}   ${request.words.names.slice(0, 3).join(', ')}`,
			value: request,
		})),
	);
}

async function manage(conversation: Conversation, session: ConsoleSession, request: SavedRequest): Promise<void> {
	showRows(conversation, requestRows(request.words));
	printFindingList(conversation, await checkRequest(readRequest(request.request), {hosts: await wantedNames(session), at: session.now()}));
	const verb = await conversation.choose<'copy' | 'delete'>(`Action for ${request.id}, or R:`, [
		{key: '1', label: 'Copy to /outgoing again', value: 'copy'},
		{key: '2', label: 'Delete, with its key', value: 'delete'},
	]);
	if (verb === 'copy') {
		await audit(session.layout, {event: 'request-copied', user: session.user.name, request: request.id});
		printNextSteps(conversation, session, await leaveInOutgoing(session.layout, `${request.id}.csr`, request.request));
	} else if (
		verb === 'delete'
		&& (await conversation.confirm('Without its key, a certificate for this request can never be installed. Delete both?', 'YES'))
	) {
		const event = {event: 'request-deleted', user: session.user.name, request: request.id};
		await auditChange(session.layout, event, async () => removeRequest(session.layout, request));
		conversation.print(`${request.id} was deleted.`);
	}
}
