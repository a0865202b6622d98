import {soap, type Target} from '../../installation/target.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';

/**
 * The pair that a flow is about: the Tanium Server's, or on a Linux host the one that is chosen where there are several. Resolves with
 * undefined for R. Rejects with Problem `no-target` on a host without any.
 */
export async function chooseTarget(conversation: Conversation, {targets}: ConsoleSession): Promise<Target | undefined> {
	if (!targets) {
		return soap;
	}

	const all = await targets();
	if (all.length === 0) {
		throw new Problem('no-target', 'There is no target in /etc/tanos/targets.d.', 'docs/host.md has the format and examples.');
	}

	return all.length === 1
		? all[0]
		: conversation.choose(
				'Line number of the service, or R:',
				all.map((target, index) => ({key: String(index + 1), label: target.name, value: target})),
			);
}
