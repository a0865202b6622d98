// One order of a manager to a member, to the end: also when the connection, the member or its answer is lost on the way.
import {setTimeout as after} from 'node:timers/promises';
import * as v from 'valibot';
import type {ArrayMember} from '../appliance/array.js';
import type {Site} from '../installation/change.js';
import {messageOf, Problem} from '../problem.js';
import {answerMember} from './answer.js';
import {askMember, parseAnswer, type AskMember} from './channel.js';
import {changeAnswer, progressSchema, type ChangeAnswer, type Progress} from './pair-calls.js';

/** Milliseconds for which a member that does not say how an order ended is asked again, and between two questions. */
const askAgain = {forMs: 90_000, everyMs: 1000};

/** Asks the members of this appliance's array, and the appliance itself without SSH. */
export function askerOf(site: Site): AskMember {
	return async (member, word, body, onProgress) =>
		member.name === site.identity.name
			? answerMember(site, {member: member.name, from: 'console', word, body, ...(onProgress && {progress: onProgress})})
			: askMember(site.layout, member, word, body, onProgress);
}

/**
 * Gives an order, and resolves with how it ended. When the member does not say, it is asked for the outcome until it does. An order that it
 * refused, or never got, has ended as `refused`. Rejects with what ended the call when the member cannot be asked for its outcome either:
 * then it is not known whether it is carried out.
 */
export async function giveOrder(
	ask: AskMember,
	member: ArrayMember,
	{word, body}: {word: 'install' | 'restore'; body: {operation: string; credentials?: object | undefined}},
	onProgress: (progress: Progress) => void = () => {},
): Promise<ChangeAnswer> {
	let answer: ChangeAnswer;
	let isFirstHand = true;
	try {
		answer = parseAnswer(changeAnswer, member, await ask(member, word, body, passOn(onProgress)));
	} catch (error) {
		answer = await outcomeAfter(error, ask, member, body.operation);
		isFirstHand = false;
	}

	if (answer.state !== 'ended') {
		answer = await outcomeOfOrder(ask, member, body.operation);
		isFirstHand = false;
	}

	// Registering is not part of the recorded change, so it is ordered again.
	const isToRegister = !isFirstHand && body.credentials !== undefined && answer.state === 'ended' && answer.outcome === 'installed';
	return isToRegister ? parseAnswer(changeAnswer, member, await ask(member, word, body)) : answer;
}

/** How an order has ended, or as giveOrder() rejects. */
export async function outcomeOfOrder(ask: AskMember, member: ArrayMember, operation: string): Promise<ChangeAnswer> {
	const silent = new Problem('member-silent', `${member.name} does not say how the order ended.`, 'Look at it there: soap history');
	return outcomeAfter(silent, ask, member, operation);
}

function passOn(onProgress: (progress: Progress) => void): (progress: unknown) => void {
	return progress => {
		const event = v.safeParse(progressSchema, progress);
		if (event.success) {
			onProgress(event.output);
		}
	};
}

async function outcomeAfter(failure: unknown, ask: AskMember, member: ArrayMember, operation: string): Promise<ChangeAnswer> {
	const until = Date.now() + askAgain.forMs;
	for (;;) {
		const answer = await outcomeNow(ask, member, operation);
		if (answer?.state === 'unknown') {
			return refusedBy(failure);
		}

		if (answer?.state === 'ended') {
			return answer;
		}

		if (Date.now() > until) {
			throw failure;
		}

		await after(askAgain.everyMs);
	}
}

/** Undefined when it does not answer. */
async function outcomeNow(ask: AskMember, member: ArrayMember, operation: string): Promise<ChangeAnswer | undefined> {
	try {
		return parseAnswer(changeAnswer, member, await ask(member, 'outcome', {operation}));
	} catch {
		return undefined;
	}
}

/** The member knows nothing of the order, so nothing was changed. */
function refusedBy(failure: unknown): ChangeAnswer {
	const told = ['Not installed. Nothing was changed.', messageOf(failure), failure instanceof Problem ? failure.hint : ''];
	return {
		state: 'ended',
		outcome: 'refused',
		told: told.filter(words => words !== ''),
		change: null,
		outageMilliseconds: null,
		lacks: null,
	};
}
