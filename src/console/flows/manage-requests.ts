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
	const wanted = session.targets ? [] : await wantedNames(session); // On a host it is not known which target it is for.
	const hosts = wanted.map(({name}) => name);
	printFindingList(conversation, await checkRequest(readRequest(request.request), {hosts, at: session.now()}));
	const act = await conversation.choose<Action>(`Action for ${request.id}, or R:`, [
		{key: '1', label: 'Copy to /outgoing again', value: copyToOutgoing},
		{key: '2', label: 'Show as PEM', value: showPem},
		...(conversation.copy ? [{key: '3', label: 'Copy to the clipboard of your terminal', value: copyToClipboard}] : []),
		{key: '4', label: 'Delete, with its key', value: deleteRequest},
	]);
	await act?.(conversation, session, request);
}

type Action = (conversation: Conversation, session: ConsoleSession, request: SavedRequest) => Promise<void>;

const copyToOutgoing: Action = async (conversation, session, {id, request}) => {
	await audit(session.layout, {event: 'request-copied', user: session.user.name, request: id});
	await printNextSteps(conversation, session, await leaveInOutgoing(session.layout, `${id}.csr`, request));
};

const showPem: Action = async (conversation, _session, {request}) => {
	conversation.print(request.toString().trimEnd());
};

const copyToClipboard: Action = async (conversation, _session, {request}) => {
	conversation.copy?.(request.toString());
	conversation.print(
		'The request was sent to the clipboard of your terminal (OSC 52). If nothing arrives there, your terminal does not take it.',
	);
};

const deleteRequest: Action = async (conversation, {layout, user}, request) => {
	if (await conversation.confirm('Without its key, a certificate for this request can never be installed. Delete both?', 'YES')) {
		const event = {event: 'request-deleted', user: user.name, request: request.id};
		await auditChange(layout, event, async () => removeRequest(layout, request));
		conversation.print(`${request.id} was deleted.`);
	}
};
