// What is true of a rollout and of each of its servers, in words.
import type {EndedChange} from '../../array/pair-calls.js';
import {isChanged, isInService, isUndone, type Rollout, type RolloutServer} from '../../array/stored-rollout.js';

/** How a rollout has ended, by what its members told. */
export function outcomeOf({ended, isUndoing, servers}: Rollout): keyof typeof sentences {
	const outcomes = servers.flatMap(({answer, undone}) => [answer, undone].map(one => (one?.state === 'ended' ? one.outcome : '')));
	if (outcomes.includes('needs-hands')) {
		return 'needs-hands';
	}

	if (ended === null) {
		return 'unknown';
	}

	if (isUndoing) {
		return servers.every(server => isUndone(server) || !hasNewPair(server)) ? 'undone' : 'stopped';
	}

	return servers.every(server => isChanged(server)) ? 'installed' : 'stopped';
}

/** Whether a server was, or may have been, changed by the rollout. */
function hasNewPair({answer, isOrdered}: RolloutServer): boolean {
	return answer === null ? isOrdered : answer.state === 'ended' && answer.outcome === 'installed';
}

/** The outcome in a sentence. */
export const sentences = {
	installed: 'All servers have their new pairs, and serve them.',
	stopped: 'Stopped: not all servers have what they should.',
	undone: 'Undone: each server that was changed has its old pair again.',
	unknown: 'Interrupted. To ask the servers again, and go on: soap rollout --resume',
	'needs-hands': 'Manual intervention is needed on a server:',
} as const;

/** One line for each server: what is true of it. */
export function describeRollout({servers}: Rollout): string[] {
	return servers.map(server => `${server.name}: ${describeServer(server)}`);
}

function describeServer({answer, undone, isOrdered, problem}: RolloutServer): string {
	if (undone?.state === 'ended') {
		return isInService(undone) ? ['the old pair is back.', ...remarksIn(undone)].join(' ') : `the new pair stays. ${undone.told.join(' ')}`;
	}

	if (problem !== null) {
		return `${isOrdered ? 'not known' : 'not touched'}. ${problem}`;
	}

	if (answer?.state !== 'ended') {
		return isOrdered ? 'not known yet.' : 'not touched.';
	}

	const {outcome, change, outageMilliseconds, told, lacks} = answer;
	const outage = outageMilliseconds === null ? 'not measured' : `${outageMilliseconds} ms`;
	const what = outcome === 'installed' ? [`installed, change ${change}, outage ${outage}.`, ...remarksIn(answer)] : told;
	return [...what, ...(lacks === null ? [] : [lacks])].join(' ');
}

/** What is told of an installed pair beyond that it is, and where its backup is. */
function remarksIn({outcome, told}: EndedChange): string[] {
	return outcome === 'installed' ? told.slice(2) : [];
}
