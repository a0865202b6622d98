// The plan of a rollout on the manager of an array, and how far it has come. It never holds key bytes.
import {readFile, unlink} from 'node:fs/promises';
import * as v from 'valibot';
import {replaceFile} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {formatStored, parseStored} from '../appliance/stored-json.js';
import {ifPresent} from '../if-present.js';
import {messageOf, Problem} from '../problem.js';
import {changeAnswer, type ChangeAnswer} from './pair-calls.js';

const sourceSchema = v.object({file: v.string(), sha256: v.string()});

const serverSchema = v.object({
	/** The member whose Tanium Server it is. */
	name: v.string(),
	/** The ids of the two orders that it may get: to install, and to put the old pair back. */
	operation: v.string(),
	undoOperation: v.string(),
	/** The files of its pair on the manager, and the SHA-256 of their bytes in hex. */
	certificate: sourceSchema,
	key: sourceSchema,
	/** The fingerprints of the certificates before and after; null before when it cannot be read. */
	old: v.nullable(v.string()),
	new: v.string(),
	/** Where its Module Server is. */
	moduleServer: v.string(),
	/** Whether the member was given the order. */
	isOrdered: v.boolean(),
	/** How that ended; null until it is known. */
	answer: v.nullable(changeAnswer),
	/** How putting the old pair back ended; null when it was not ordered, or is not known. */
	undone: v.nullable(changeAnswer),
	/** Why it is not known how its last order ended; null when it is known. */
	problem: v.nullable(v.string()),
});

const rolloutSchema = v.object({
	/** When it was confirmed, as `20261123-224800`. */
	id: v.string(),
	user: v.string(),
	from: v.string(),
	/** What is done with the servers that are changed already when one fails. */
	onFailure: v.picklist(['keep', 'undo']),
	/** Whether the old key may be known to others: then the Module Server never trusts both certificates, and is registered again. */
	isCompromised: v.boolean(),
	/** In the order in which they are changed. */
	servers: v.array(serverSchema),
	/** Whether the old pairs are being put back. */
	isUndoing: v.boolean(),
	/** ISO 8601, in UTC; null while it is under way or interrupted. */
	ended: v.nullable(v.string()),
});

export type Rollout = v.InferOutput<typeof rolloutSchema>;
export type RolloutServer = Rollout['servers'][number];

/** Whether a server has its new pair, and lacks nothing. */
export function isChanged({answer}: RolloutServer): boolean {
	return isInService(answer) && answer?.state === 'ended' && answer.lacks === null;
}

/** Whether a server was changed by this rollout, so that its old pair can be put back. */
export function wasInstalled({answer}: RolloutServer): boolean {
	return answer?.state === 'ended' && answer.outcome === 'installed' && answer.change !== null;
}

/** Whether the old pair of a server was put back. */
export function isUndone({undone}: RolloutServer): boolean {
	return isInService(undone);
}

/** Whether the pair of an order is in service. */
export function isInService(answer: ChangeAnswer | null): boolean {
	return answer?.state === 'ended' && ['installed', 'nothing-to-do'].includes(answer.outcome);
}

/** Whether somebody has to look at a server. */
export function needsHands({answer}: RolloutServer): boolean {
	return answer?.state === 'ended' && answer.outcome === 'needs-hands';
}

/** Rejects with Problem `not-changed` unless isChanged(). */
export function assertChanged(server: RolloutServer): void {
	if (!isChanged(server)) {
		throw new Problem('not-changed', 'The new pair is not in service there.');
	}
}

/** Rejects with Problem `not-known` when nobody told how the order to a server ended. */
export function assertKnown({answer, problem}: RolloutServer): void {
	if (answer === null) {
		throw new Problem('not-known', problem ?? 'It is not known how it ended.');
	}
}

/** The last rollout of this manager, also an unfinished one. Rejects with Problem `rollout-unreadable`. */
export async function readRollout({rollout: file}: Layout): Promise<Rollout | undefined> {
	try {
		const text = await ifPresent(async () => readFile(file, 'utf8'));
		return text === undefined ? undefined : parseStored(text, rolloutSchema);
	} catch (error) {
		throw new Problem(
			'rollout-unreadable',
			`${file} cannot be read. ${messageOf(error)}`,
			'Look at each server with soap history and soap status, then remove it.',
			{cause: error},
		);
	}
}

/** The last rollout. Rejects with Problem `no-rollout`, and as readRollout() does. */
export async function storedRollout(layout: Layout): Promise<Rollout> {
	const rollout = await readRollout(layout);
	if (!rollout) {
		throw new Problem('no-rollout', 'There is no rollout.', 'To begin one: soap rollout CERTIFICATE KEY');
	}

	return rollout;
}

/** Makes this the rollout, synced before it resolves. */
export async function writeRollout({rollout: file}: Layout, rollout: Rollout): Promise<void> {
	await replaceFile(file, formatStored(rollout), 0o600);
}

/** Forgets the rollout. Changes nothing on its servers. */
export async function removeRollout({rollout: file}: Layout): Promise<void> {
	await ifPresent(async () => unlink(file));
}

/** Rejects with Problem `rollout-unfinished` while one is. */
export async function assertNoRollout(layout: Layout): Promise<void> {
	const rollout = await readRollout(layout);
	if (rollout?.ended === null) {
		throw new Problem(
			'rollout-unfinished',
			`The rollout ${rollout.id} is not finished.`,
			'Go on: soap rollout --resume. Put the old pairs back: --undo. Leave the servers as they are: --forget.',
		);
	}
}
