// The part of a replacement that every front end shares: the steps, the comparison, one question, the installation.
import type {ChangeRecord} from '../../appliance/change-records.js';
import {describeLeaf} from '../../certificates/describe/describe-certificate.js';
import {isSame} from '../../installation/change.js';
import {install, type NewPlan, type Plan} from '../../installation/install.js';
import {describeOutcome, type Outcome} from '../../installation/outcome.js';
import {zeroize} from '../../installation/pair-files.js';
import {titlesOf} from '../../installation/phases.js';
import {targetOf} from '../../installation/target.js';
import type {Conversation, Tone, YesWord} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {compareCertificates} from './show-certificates.js';

export type ReviewOptions = {
	/** The word that confirms the installation. */
	yes: YesWord;
	/** Shows what would be done, and does nothing. */
	dryRun?: boolean;
	/** The ids of the check's warnings; absent for a pair that was not checked, because it was installed before. */
	warnings?: readonly string[];
};

/** How a review ended: one word for programs, and sentences for display. */
export type Reviewed = {
	outcome: Outcome['kind'] | 'dry-run' | 'declined' | 'nothing-to-do';
	told: string[];
	/** Whether the Module Server trusts the new certificate already. */
	isTrusted?: boolean;
	/** The record that an installation left. */
	record?: ChangeRecord | undefined;
};

/** Who plans an installation, from where and when. */
export function plannedBy({user, from, now}: ConsoleSession): Pick<NewPlan, 'user' | 'from' | 'now'> {
	return {user: user.name, from, now: now()};
}

/**
 * Shows what a plan does, asks once, and installs. Nothing is changed before the confirmation. When it settles the key bytes of
 * the plan are zeroed. Rejects as `install` does.
 */
export async function reviewAndInstall(
	conversation: Conversation,
	session: ConsoleSession,
	plan: Plan,
	options: ReviewOptions,
): Promise<Reviewed> {
	try {
		return await review(conversation, session, plan, options);
	} finally {
		zeroize(plan.fresh);
		zeroize(plan.installed);
	}
}

async function review(
	conversation: Conversation,
	session: ConsoleSession,
	plan: Plan,
	{yes, dryRun = false, warnings}: ReviewOptions,
): Promise<Reviewed> {
	const {change, fresh, installed} = plan;
	if (isSame(change.old, change.new)) {
		compareCertificates(conversation, installed.certificate, fresh.certificate, session.now());
		return {outcome: 'nothing-to-do', told: ['This pair is already installed. Nothing to do.']};
	}

	if (change.old.leaf === change.new.leaf) {
		conversation.print("The server's certificate is already installed; only the rest of the file differs.", 'warning');
	}

	compareCertificates(conversation, installed.certificate, fresh.certificate, session.now());
	printVerdict(conversation, plan, warnings, warnings === undefined ? lostNames(plan, session.now()) : []);
	printFault(conversation, plan);
	if (dryRun) {
		conversation.print(
			`Steps:\n${titlesOf(change)
				.map(title => `  ${title}`)
				.join('\n')}`,
		);
		return {outcome: 'dry-run', told: ['Dry run. Nothing was changed.']};
	}

	const isAgreed =
		(plan.installedFault === undefined || (await conversation.confirm('Continue without a pair to go back to?', yes)))
		&& (await conversation.confirm(
			`Back up the installed pair${targetOf(change).isCopied ? ' to /outgoing' : ''}, and ${goalOf(change)}?`,
			yes,
		));
	if (!isAgreed) {
		return {outcome: 'declined', told: ['Nothing was changed.']};
	}

	const outcome = await install(session, plan, async (title, work) => conversation.step(title, work));
	return {outcome: outcome.kind, told: describeOutcome(outcome), record: outcome.record, isTrusted: change.overlap !== undefined};
}

function goalOf({restores}: Plan['change']): string {
	return restores === undefined ? 'install the new one' : `put back the pair of ${restores}`;
}

/** For a pair that was not checked, because it was installed before: the check warns of them by `names-lost`. */
function lostNames({installed, fresh}: Plan, at: Date): string[] {
	const [before, after] = [namesIn(installed.certificate, at), namesIn(fresh.certificate, at)];
	return before.filter(name => !after.includes(name));
}

/** In lower case; none when the installed certificate cannot be read, which is a reason to replace it. */
function namesIn(pem: Buffer, at: Date): string[] {
	try {
		return describeLeaf(pem, at).names.map(name => name.toLowerCase());
	} catch {
		return [];
	}
}

function printFault(conversation: Conversation, {installedFault, change}: Plan): void {
	if (installedFault !== undefined) {
		const {server} = targetOf(change);
		conversation.print(
			`The ${server} could not be started with the installed pair. ${installedFault} If the installation fails, there is no pair to `
				+ `go back to, and the ${server} stays stopped.`,
			'bad',
		);
	}
}

function toneFor(sentences: number, isGood: boolean): Tone {
	return sentences === 0 ? 'plain' : isGood ? 'good' : 'warning';
}

/** Together with what comes next, so that both fit below the comparison. */
function printVerdict(conversation: Conversation, {change}: Plan, warnings: readonly string[] | undefined, lost: readonly string[]): void {
	const sentences = [
		...(warnings === undefined ? [] : ['The files are valid, and the key matches the certificate.']),
		...(warnings === undefined || warnings.length === 0 ? [] : [`Warnings above: ${warnings.join(', ')}.`]),
		...(lost.length === 0 ? [] : [`Names of the installed certificate that the new one lacks: ${lost.join(', ')}.`]),
	];
	const how = targetOf(change).apply === 'reload' ? 'swap, reload' : 'stop, swap, start';
	const next = `Next: back up, ${how}, verify over TLS. Undone if a step fails.`;
	const isGood = sentences.length === 1 && lost.length === 0;
	conversation.print([...(sentences.length > 0 ? [sentences.join(' ')] : []), next].join('\n'), toneFor(sentences.length, isGood));
}
