import {describeFile} from '../../appliance/certificate-file.js';
import {formatDays} from '../../certificates/describe/expiry.js';
import {checkTarget} from '../../installation/check-target.js';
import {installedFiles, type Target} from '../../installation/target.js';
import {sanitise} from '../../sanitise.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';

/** 4 on a Linux host: each service whose certificate can be replaced, what it serves, and what is wrong with it. */
export async function showHostStatus(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const targets = (await session.targets?.()) ?? [];
	if (targets.length === 0) {
		conversation.print('There is no target in /etc/tanos/targets.d. docs/host.md has the format and examples.', 'warning');
	}

	for (const target of targets) {
		await showTarget(conversation, session, target);
	}

	await conversation.pause();
}

async function showTarget(conversation: Conversation, session: ConsoleSession, target: Target): Promise<void> {
	const installed = await describeFile(installedFiles(session.layout, target).certificate, session.now());
	const checks = await conversation.step(`Look at ${target.name}`, async () => checkTarget(session, target));
	const wrong = checks.filter(({problem}) => problem !== undefined);
	conversation.table(
		[
			['Unit', target.service],
			...(installed
				? [
						['Certificate', installed.names.join(', ')],
						['Valid to', `${installed.notAfter.slice(0, 10)}, ${formatDays(installed.daysLeft)}`],
					]
				: [['Certificate', 'cannot be read']]),
			...checks.map(({what, problem}) => [
				problem === undefined ? 'ok' : 'failed',
				sanitise(problem === undefined ? what : `${what}: ${problem}`),
			]),
		],
		false,
		wrong.map(check => checks.indexOf(check) + (installed ? 3 : 2)),
	);
}
