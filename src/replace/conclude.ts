// What is true after the walk: what the appliance said counts only as far as the certificate that is served agrees.
import {messageWithHint, Problem} from '../problem.js';
import {beginsWith} from '../services/probe.js';
import type {HostReport} from './host-report.js';
import type {ReplaceJob} from './job.js';
import type {End} from './profile.js';
import {lookAt, lookUntil} from './served.js';
import type {WalkResult} from './walk.js';

type Walked = {
	result: WalkResult;
	step: (what: string) => void;
	/** Signs in once more, and stops at the first screen. */
	signInAgain: () => Promise<WalkResult>;
};

/** Ends at which the old certificate is served. */
const unchanged: ReadonlySet<End | undefined> = new Set(['undone', 'refused', 'password-expired']);

/** Looks from outside, and sets the outcome of the report, what is proven, and the problem. */
export async function conclude(job: ReplaceJob, report: HostReport, walked: Walked): Promise<void> {
	const {result, step} = walked;
	const isNewExpected = result.begun && !unchanged.has(result.end);
	report.proven = isNewExpected ? await lookUntil(job.served, job.chain, job.profile.servedSeconds) : await lookAt(job.served);
	step(describeLook(report));
	if (result.stopped === undefined && result.end !== undefined) {
		return judgeEnd(job, report, result);
	}

	if (result.stopped?.why === 'line-lost' && result.begun) {
		await lookInside(report, walked);
	}

	report.outcome = result.begun ? 'unfinished' : 'stopped';
	report.problem = stopProblem(report, result, beginsWith(report.proven.chain, job.chain));
}

function describeLook({proven}: HostReport): string {
	return proven?.chain[0] === undefined ? `Looked again: ${proven?.reason}` : `Looked again: SHA-256 ${proven.chain.join(', ')} is served`;
}

function judgeEnd(job: ReplaceJob, report: HostReport, {end}: WalkResult): void {
	const isNew = beginsWith(report.proven!.chain, job.chain);
	const isOld = beginsWith(report.proven!.chain, report.found!.chain);
	if (end === 'manual') {
		report.outcome = 'manual';
		report.problem = {code: 'manual-intervention', message: 'The last screen says what is wrong.', hint: 'Read it in the report.'};
	} else if (unchanged.has(end)) {
		report.outcome = isOld ? (end === 'undone' || end === 'refused' ? end : 'stopped') : 'not-proven';
		report.problem = isOld ? unchangedProblem(end!) : unexpectedChain(report, 'the certificate that was served before');
	} else if (isNew) {
		report.outcome = end === 'done' ? 'replaced' : 'unregistered';
	} else {
		report.outcome = 'not-proven';
		report.problem = unexpectedChain(report, 'the new certificate with its chain');
	}
}

function unchangedProblem(end: End): NonNullable<HostReport['problem']> {
	return end === 'password-expired'
		? {code: end, message: 'The host asks to change the password. Nothing was typed.', hint: 'Sign in by hand and change it.'}
		: {code: end, message: 'The last screen says why the pair is not installed.', hint: 'Read it in the report.'};
}

function unexpectedChain({console: place, proven}: HostReport, expected: string): NonNullable<HostReport['problem']> {
	const found = proven?.chain[0] === undefined ? (proven?.reason ?? '') : `${place} presents SHA-256 ${proven.chain.join(', ')}`;
	return {
		code: 'not-served',
		message: `The appliance reports an end, but ${expected} is not what is served: ${found}.`,
		hint: `Look at what answers on ${place}, and at the appliance.`,
	};
}

/** What the console says at the next sign-in; it may not open again. */
async function lookInside(report: HostReport, {step, signInAgain}: Walked): Promise<void> {
	try {
		const {shown} = await signInAgain();
		report.screens.push(...shown);
		step('Signed in again: the last screen of the report');
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		step(`Could not sign in again. ${messageWithHint(error)}`);
	}
}

function stopProblem({screens, proven}: HostReport, {stopped, shown}: WalkResult, isNew: boolean): NonNullable<HostReport['problem']> {
	const served = isNew
		? 'The new certificate is served.'
		: proven?.chain[0] === undefined
			? 'Nothing is served.'
			: 'The new one is not served.';
	if (stopped?.why === 'line-lost') {
		return {code: 'line-lost', message: `The session ended before the job did. ${served}`, hint: 'Sign in and look at the state.'};
	}

	if (stopped?.why === 'no-secret') {
		const message = `The console asks for ${stopped.expected.join()}, which is not given. Nothing was typed. ${served}`;
		return {code: 'no-secret', message, hint: 'Give it in a file: see tanos replace --help.'};
	}

	const screen = (shown.at(-1) ?? screens.at(-1))?.screen.trimEnd() ?? '';
	const expected = stopped?.expected.join(' or ') ?? 'an end';
	return {
		code: 'unexpected-screen',
		message: `Expected ${expected}; nothing was typed at this screen. ${served}\n${screen}`,
		hint: 'If only the words differ, correct the profile.',
	};
}
