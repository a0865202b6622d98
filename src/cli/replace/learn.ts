import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {exitCodes} from '../../exit-codes.js';
import {withPassword} from '../../replace/answers.js';
import {learn, type Teacher} from '../../replace/learn.js';
import type {Profile} from '../../replace/profile.js';
import {Cast} from '../../replay/cast.js';
import {TerminalSession} from '../../replay/terminal-session.js';
import {VirtualTerminal} from '../../replay/terminal.js';
import {connect} from '../../ssh-client/connect.js';
import {openShell} from '../../ssh-client/shell.js';
import {print} from '../command.js';
import {routeTo} from '../upload/ssh-config.js';
import type {TerminalOperator} from '../upload/terminal-operator.js';
import type {LearnOptions} from './options.js';
import {ReportFolder} from './report-folder.js';
import {readPassword, secretsFor} from './secrets.js';

/** `tanos replace --learn HOST`: walks to the first question that would change something, and writes the corrected profile. */
export async function learnFrom(
	{target, report, passwordFile, ssh}: LearnOptions,
	profile: Profile,
	operator: TerminalOperator,
): Promise<number> {
	const password = passwordFile === undefined ? undefined : await readPassword('--password-file', passwordFile);
	const {folder} = await ReportFolder.make(report, false);
	const file = path.join(folder!, 'profile.json');
	const route = await routeTo(target, {...ssh, defaultUser: 'tanadmin', note: words => operator.notify(words)});
	const link = await connect(route, withPassword(operator, profile.signIn, password));
	const {user} = route.at(-1)!;
	const {columns, rows} = profile.terminal;
	const cast = new Cast(columns, rows, `tanos replace --learn ${target.label}`);
	cast.hide(password ?? '');
	try {
		const shell = await openShell(link, {columns, rows, environment: {TANOS_READY_MARK: '1'}});
		const session = new TerminalSession(new VirtualTerminal(columns, rows), shell, cast);
		const learned = await learn(profile, session, teacherAt(operator), {
			user,
			secretFor: secretsFor(operator, `${user}@${target.label}`, {account: password}),
		});
		await writeFile(file, `${JSON.stringify({...learned, name: `${profile.name}, learned from ${target.label}`}, null, '\t')}\n`);
	} finally {
		link.close();
		await writeFile(path.join(folder!, 'session.cast'), cast.text(), {mode: 0o600});
	}

	print(`Nothing was changed. The profile of this console: ${file}`, `Use it: --profile ${file}`);
	return exitCodes.done;
}

function teacherAt(operator: TerminalOperator): Teacher {
	return {
		show(screen, id, definition) {
			print(`--- ${id ?? 'not recognised'}`, screen.trimEnd());
			for (const name of ['line', 'screen'] as const) {
				const pattern = definition?.[name];
				print(...(pattern === undefined ? [] : [`${name} matches /${pattern}/`]));
			}
		},
		async choose(candidates) {
			print('Which screen is it?', ...candidates.map(({title}, index) => `  ${index + 1}  ${title}`));
			const answer = operator.isPresent ? await operator.answer('Number, or Enter for none of them: ', {hidden: false}) : undefined;
			return candidates[Number(answer?.trim() ?? '') - 1]?.id;
		},
	};
}
