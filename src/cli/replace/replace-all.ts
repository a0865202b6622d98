import {isIP} from 'node:net';
import process from 'node:process';
import type {CheckResult} from '../../certificates/check.js';
import {exitCodes} from '../../exit-codes.js';
import {withPassword} from '../../replace/answers.js';
import {outcomes, type HostReport} from '../../replace/host-report.js';
import type {Profile} from '../../replace/profile.js';
import {replaceOn} from '../../replace/replace-on.js';
import {Cast} from '../../replay/cast.js';
import {sanitise} from '../../sanitise.js';
import {print} from '../command.js';
import {routeTo} from '../upload/ssh-config.js';
import type {StatusLine} from '../upload/status-line.js';
import type {TerminalOperator} from '../upload/terminal-operator.js';
import type {ReplaceOptions, ReplaceTarget} from './options.js';
import type {ReportFolder} from './report-folder.js';
import {secretsFor} from './secrets.js';

/** What a run of `tanos replace` works with. */
export type Run = {
	options: ReplaceOptions;
	profile: Profile;
	operator: TerminalOperator;
	status: StatusLine;
	pair: NonNullable<CheckResult['pair']>;
	/** The certificate in one line. */
	certificate: string;
	/** Its fingerprint and those of its chain. */
	chain: readonly string[];
	report: ReportFolder;
	passwords: {account: string | undefined; copy: string | undefined; console: string};
};

/** Replaces the pair on one appliance after the other, up to the first failure. Ctrl+C ends the session, and the report is written. */
export async function replaceAll(run: Run): Promise<HostReport[]> {
	const reports: HostReport[] = [];
	const interruption = new AbortController();
	const interrupt = () => interruption.abort();
	process.once('SIGINT', interrupt);
	try {
		for (const target of run.options.targets) {
			const report = await replaceOnTarget({...run, signal: interruption.signal}, target, reports.length);
			reports.push(report);
			if (outcomes[report.outcome].exit !== exitCodes.done || interruption.signal.aborted) {
				break;
			}
		}

		return reports;
	} finally {
		process.off('SIGINT', interrupt);
	}
}

async function replaceOnTarget(
	run: Run & {signal: AbortSignal},
	{target, console: place}: ReplaceTarget,
	index: number,
): Promise<HostReport> {
	const {options, profile, operator, status, pair, chain, passwords} = run;
	const cast = castFor(run, target.label);
	const ways = {...options.ssh, note: (words: string) => operator.notify(words)};
	const route = await routeTo(target, {...ways, defaultUser: 'tanadmin'});
	const report = await replaceOn({
		label: target.label,
		console: {
			route,
			operator: () => withPassword(operator, profile.signIn, passwords.account),
		},
		copy: {
			route: await routeTo({...target, user: options.copyUser}, ways),
			operator: () => withPassword(operator, profile.signIn, passwords.copy),
		},
		served: {...place, servername: servernameFor(place.host, options)},
		files: [
			{name: 'SOAPServer.crt', bytes: pair.certificate},
			{name: 'SOAPServer.key', bytes: pair.key},
		],
		chain,
		profile,
		secretFor: secretsFor(operator, `${route.at(-1)!.user}@${target.label}`, passwords),
		dryRun: options.dryRun,
		cast,
		signal: run.signal,
		onStep(what) {
			status.clear();
			print(`done    ${target.label}: ${sanitise(what)}`);
		},
		onScreen: ({title}) => status.show(`${target.label}: ${title}`),
	});
	status.clear();
	const recording = report.screens.length === 0 ? undefined : await run.report.record(index, cast.text());
	return {...report, ...(recording !== undefined && {recording})};
}

/** A recording in which no password is to be seen. */
function castFor({profile: {terminal}, passwords}: Run, label: string): Cast {
	const cast = new Cast(terminal.columns, terminal.rows, `tanos replace on ${label}`);
	for (const secret of Object.values(passwords)) {
		cast.hide(secret ?? '');
	}

	return cast;
}

/** The name to ask for: that of the console, or one that the certificate must be for when the console is named by its address. */
function servernameFor(host: string, {hosts}: ReplaceOptions): string {
	return isIP(host) === 0 ? host : (hosts.find(name => isIP(name) === 0) ?? host);
}
