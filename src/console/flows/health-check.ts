// 3-5 and 3-6: the health check.
import {formatMoment} from '../../appliance/stamp.js';
import {lastScheduledHealth, runHealthCheck, type Health} from '../../health/health-check.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';

/** 3-5: checks the appliance, and leaves the report in /outgoing. */
export async function checkHealth(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const health = await conversation.step('Check the health of the appliance', async () => runHealthCheck(session, session.now()));
	show(conversation, health);
	conversation.print('The report is in /outgoing: health.log', 'dim');
	await conversation.pause();
}

/** 3-6: the result of the last scheduled check. */
export async function showScheduledHealth(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const health = await lastScheduledHealth(session.layout);
	if (health) {
		show(conversation, health);
	} else {
		conversation.print('No scheduled health check has been run yet. It is run every day at 02:00 UTC. To run one now: 3-5.');
	}

	await conversation.pause();
}

function show(conversation: Conversation, {at, appliance, checks}: Health): void {
	conversation.print(`${appliance}, ${formatMoment(at)}`, 'heading');
	const wrong = checks.flatMap(({state}, index) => (state === 'good' ? [] : [index]));
	conversation.table(
		checks.map(({name, state, result}) => [name, state === 'good' ? '' : state, result]),
		false,
		wrong,
	);
	const fixes = checks.flatMap(({name, fix}) => (fix === null ? [] : [`${name}: ${fix}`]));
	conversation.print(fixes.length === 0 ? 'Nothing is wrong.' : fixes.join('\n'), fixes.length === 0 ? 'good' : 'warning');
}
