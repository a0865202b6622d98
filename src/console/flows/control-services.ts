import {formatMoment} from '../../appliance/stamp.js';
import {audit} from '../../appliance/audit.js';
import type {AnyName, Services} from '../../services/service.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';

type Verb = 'start' | 'stop' | 'restart';

/** 2-1: shows the services, and starts, stops or restarts them until R. */
export async function controlServices(conversation: Conversation, session: ConsoleSession): Promise<void> {
	for (;;) {
		const names = session.targets ? (await session.targets()).map(({service}) => service) : session.services.names;
		const states = await Promise.all(names.map(async name => describeState(session.services, name)));
		const name = await conversation.choose<AnyName>(
			'Line number of the service, or R:',
			names.map((name, index) => ({
				key: String(index + 1),
				label: `${name.padEnd(22)}${states[index]}`,
				value: name,
			})),
		);
		if (!name) {
			return;
		}

		await control(conversation, session, name);
	}
}

/** The current state: `running since ...` or `stopped`. */
export async function describeState(services: Services, name: AnyName): Promise<string> {
	const state = await services.state(name);
	return state.running ? `running since ${formatMoment(state.since.toISOString())}, pid ${state.pid}` : 'stopped';
}

async function control(conversation: Conversation, {services, layout, user}: ConsoleSession, name: AnyName): Promise<void> {
	const verb = await conversation.choose<Verb>(`Action for ${name}, or R:`, [
		{key: '1', label: 'Start', value: 'start'},
		{key: '2', label: 'Stop', value: 'stop'},
		{key: '3', label: 'Restart', value: 'restart'},
	]);
	if (!verb || (verb !== 'start' && !(await conversation.confirm(`${name} will not answer while it is stopped. Continue?`, 'yes')))) {
		return;
	}

	if (verb === 'start' && (await services.state(name)).running) {
		return conversation.print(`${name} is already running.`);
	}

	await audit(layout, {event: `service-${verb}`, user: user.name, service: name});
	await conversation.step(`${capitalised(verb)} ${name}`, async () => services[verb](name));
}

function capitalised(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}
