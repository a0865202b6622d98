// The replacement on one appliance: look from outside, upload, walk through the menus, look from outside again.
import {Problem} from '../problem.js';
import {TerminalSession} from '../replay/terminal-session.js';
import {VirtualTerminal} from '../replay/terminal.js';
import {connect} from '../ssh-client/connect.js';
import {openShell} from '../ssh-client/shell.js';
import {upload} from '../ssh-client/upload.js';
import {conclude} from './conclude.js';
import type {HostReport} from './host-report.js';
import type {ReplaceJob} from './job.js';
import {beginsWith} from '../services/probe.js';
import {lookAt} from './served.js';
import {walk, type WalkOptions, type WalkResult} from './walk.js';

/** Replaces the pair on one appliance. What goes wrong is in the report. */
export async function replaceOn(job: ReplaceJob): Promise<HostReport> {
	const report: HostReport = {
		host: job.label,
		console: `${job.served.host}:${job.served.port}`,
		outcome: 'failed',
		done: [],
		screens: [],
	};
	try {
		await replace(job, report);
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		report.problem = {code: error.code, message: error.message, hint: error.hint};
	}

	return report;
}

async function replace(job: ReplaceJob, report: HostReport): Promise<void> {
	const step = (what: string) => {
		report.done.push({at: new Date().toISOString(), what});
		job.onStep(what);
	};

	report.found = await lookAt(job.served);
	const {reason, chain} = report.found;
	if (reason !== undefined) {
		throw new Problem('no-answer', reason, 'What is served afterwards could not be proven. Name the place: --console HOST:PORT');
	}

	step(`Looked at what is served: SHA-256 ${chain[0]!}`);
	if (beginsWith(report.found.chain, job.chain)) {
		report.proven = report.found;
		report.outcome = 'already-served';
		return;
	}

	if (job.dryRun) {
		return tryAccounts(job, report, step);
	}

	await uploadPair(job, step);
	const result = await walkThrough(job, step);
	report.screens = result.shown;
	await conclude(job, report, {result, step, signInAgain: async () => walkThrough(job, step, {until: () => true})});
}

async function tryAccounts(job: ReplaceJob, report: HostReport, step: (what: string) => void): Promise<void> {
	for (const {route, operator} of [job.copy, job.console]) {
		const link = await connect(route, operator());
		link.close();
		step(`Signed in as ${route.at(-1)!.user}, and out again. Host key ${link.fingerprint}`);
	}

	report.outcome = 'dry-run';
}

async function uploadPair({copy: {route, operator}, files, profile}: ReplaceJob, step: (what: string) => void): Promise<void> {
	try {
		const {hostKey} = await upload({route, files, folder: '/incoming', report() {}}, operator());
		const names = files.map(({name}) => name).join(' and ');
		step(`Uploaded ${names} to /incoming as ${route.at(-1)!.user}, read back and verified. Host key ${hostKey}`);
	} catch (error) {
		throw error instanceof Problem && error.code === 'permission-denied'
			? new Problem(error.code, error.message, `${error.hint} ${profile.uploadHint}`, {cause: error})
			: error;
	}
}

/** Signs in to the console and walks through its screens. Rejects with a Problem when no console opens. */
async function walkThrough(
	{console: {route, operator}, profile, secretFor, cast, onScreen, signal}: ReplaceJob,
	step: (what: string) => void,
	options: Pick<WalkOptions, 'until'> = {},
): Promise<WalkResult> {
	const link = await connect(route, operator());
	const hangUp = () => link.close();
	signal.addEventListener('abort', hangUp, {once: true});
	const {user} = route.at(-1)!;
	step(`Signed in to the console as ${user}. Host key ${link.fingerprint}`);
	try {
		const {columns, rows} = profile.terminal;
		const shell = await openShell(link, {columns, rows, environment: {TANOS_READY_MARK: '1'}});
		const session = new TerminalSession(new VirtualTerminal(columns, rows), shell, cast);
		return await walk(profile, session, {user, secretFor, onScreen, ...options});
	} finally {
		signal.removeEventListener('abort', hangUp);
		link.close();
	}
}
