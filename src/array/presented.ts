// What a member says about its Tanium Server, beside what that server presents to anybody.
import type {ArrayMember} from '../appliance/array.js';
import {presentedFingerprint} from '../services/probe.js';
import type {ChangeAnswer} from './pair-calls.js';
import {isInService} from './stored-rollout.js';

/** The answer to an order; when the certificate with this fingerprint is not presented by now, it says so. */
export async function asPresented(
	{address, console: port, name}: ArrayMember,
	expected: string,
	answer: ChangeAnswer,
): Promise<ChangeAnswer> {
	if (answer.state !== 'ended' || answer.lacks !== null || !isInService(answer)) {
		return answer;
	}

	const presented = await presentedFingerprint({host: address, port, servername: name});
	const found = presented === undefined ? 'nothing answers on its console port' : `it presents ${presented}`;
	return presented === expected ? answer : {...answer, lacks: `Its new certificate is not presented: ${found}.`};
}
