// D-5: the pair in /incoming is installed on all Tanium Servers of the array that this appliance manages.
import path from 'node:path';
import {serversOf} from '../../array/plan-rollout.js';
import {readRollout, type Rollout} from '../../array/stored-rollout.js';
import {certificateName, keyName} from '../../appliance/layout.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {keyFileFor} from './known-keys.js';
import {forgetRollout, putBack, resumeRollout, rollOut, type RolledOut} from './roll-out.js';

/** Asks what is to be done when a server fails, then rolls out; offers to carry on or undo a rollout that was interrupted. */
export async function rollOutSoapCertificate(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const rollout = await readRollout(session.layout);
	const ended = rollout?.ended === null ? await finishRollout(conversation, session, rollout) : await beginRollout(conversation, session);
	if (ended) {
		const [first = '', ...rest] = ended.told;
		conversation.print(first, ['installed', 'undone'].includes(ended.outcome) ? 'good' : ended.rollout ? 'bad' : 'plain');
		conversation.print(rest.join('\n'));
	}

	await conversation.pause();
}

async function beginRollout(conversation: Conversation, session: ConsoleSession): Promise<RolledOut | undefined> {
	const servers = await serversOf(session);
	conversation.print(
		`Replaces the pair of ${servers.map(({name}) => name).join(', ')}, one after another, with SOAPServer.crt and SOAPServer.key from `
			+ '/incoming of this appliance. Each is stopped for a moment: do this in a maintenance window.',
	);
	const certificate = path.join(session.layout.incoming, certificateName);
	const files = {certificate, key: await keyFileFor(session, certificate, path.join(session.layout.incoming, keyName))};
	const isCompromised = await conversation.choose('Key of the installed pairs, or R:', [
		{key: '1', label: 'Nobody else has it: Module Servers trust both certificates meanwhile', value: false},
		{key: '2', label: 'Others may have it: Module Servers are registered again afterwards', value: true},
	]);
	const onFailure =
		isCompromised === undefined || isCompromised
			? ('keep' as const)
			: await conversation.choose('When a server fails, or R:', [
					{key: '1', label: 'The servers that are changed keep their new pairs', value: 'keep' as const},
					{key: '2', label: 'The servers that are changed get their old pairs back', value: 'undo' as const},
				]);
	return isCompromised === undefined || onFailure === undefined
		? undefined
		: rollOut(conversation, session, {
				wanted: servers.map(member => ({member, files})),
				isCompromised,
				onFailure,
				dryRun: false,
				yes: 'YES',
			});
}

async function finishRollout(conversation: Conversation, session: ConsoleSession, rollout: Rollout): Promise<RolledOut | undefined> {
	const next = await conversation.choose(`The rollout ${rollout.id} is not finished. What now, or R:`, [
		{key: '1', label: 'Carry it on', value: 'resume' as const},
		...(rollout.isCompromised ? [] : [{key: '2', label: 'Put the old pairs back', value: 'undo' as const}]),
		{key: '3', label: 'Leave all servers as they are, and forget it', value: 'forget' as const},
	]);
	if (next === 'forget') {
		await forgetRollout(session, rollout);
		conversation.print('Forgotten. No server was touched.');
		return undefined;
	}

	return next === undefined
		? undefined
		: next === 'resume'
			? resumeRollout(conversation, session, rollout)
			: putBack(conversation, session, rollout);
}
