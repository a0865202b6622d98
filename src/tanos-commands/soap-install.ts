import type {CheckResult} from '../certificates/check.js';
import {checkUploadsQuietly, printFindings} from '../console/flows/check-uploads.js';
import {compareCertificates} from '../console/flows/show-certificates.js';
import {zeroizeUploads, sourcesOf, readUsualUploads} from '../console/flows/uploads.js';
import {isSame} from '../installation/change.js';
import {install, planInstallation, type Plan} from '../installation/install.js';
import {removeOutcome, describeOutcome, type Outcome} from '../installation/outcome.js';
import {zeroize} from '../installation/pair-files.js';
import {titles} from '../installation/phases.js';
import {codes, usage, type Command, type Context} from './command.js';

/** Installs the uploaded pair after one `yes`. */
async function installUploads(context: Context): Promise<number> {
	const dryRun = isDryRun(context);
	const {session, conversation} = context;
	const {uploads, result} = await checkUploadsQuietly(session, await readUsualUploads(session));
	try {
		await printFindings(conversation, session, result);
		if (!result.pair) {
			return end(context, 'refused', ['Not installed. Nothing was changed.'], result);
		}

		const plan = await planInstallation(session, result.pair, {user: session.user.name, now: session.now(), origins: sourcesOf(uploads)});
		return await carryOut(context, plan, {dryRun, result});
	} finally {
		zeroizeUploads(uploads);
	}
}

function isDryRun({words}: Context): boolean {
	const unknown = words.find(word => word.toLowerCase() !== '--dry-run');
	if (unknown !== undefined) {
		throw usage(`${unknown}: only --dry-run may follow.`);
	}

	return words.length > 0;
}

type Manner = {dryRun: boolean; result?: CheckResult};

/** Shows what a plan would do, and does it when that is wanted. */
export async function carryOut(context: Context, plan: Plan, {dryRun, result}: Manner): Promise<number> {
	const {session, conversation} = context;
	const {change, fresh, installed} = plan;
	try {
		if (isSame(change.old, change.new)) {
			return end(context, 'nothing-to-do', ['This pair is installed already. Nothing to do.'], result);
		}

		conversation.print(`To be done:\n${titles.map(title => `  ${title}`).join('\n')}`);
		compareCertificates(conversation, installed.certificate, fresh.certificate, session.now());
		if (dryRun) {
			return end(context, 'dry-run', ['Dry run. Nothing was changed.'], result);
		}

		if (!await conversation.confirm('Back up the installed pair to /outgoing, and install the new one?', 'yes')) {
			return end(context, 'declined', ['Nothing was changed.'], result);
		}

		const outcome = await install(session, plan, async (title, work) => conversation.step(title, work));
		const told = describeOutcome(outcome);
		const code = end(context, outcome.kind, [...told, ...(outcome.kind === 'installed' ? ['To register the Module Server again: soap register'] : [])], result);
		await removeOutcome(session.layout, told);
		return code;
	} finally {
		zeroize(fresh);
		zeroize(installed);
	}
}

type Ending = Outcome['kind'] | 'dry-run' | 'declined' | 'nothing-to-do';

const codeOf: Partial<Record<Ending, number>> = {installed: codes.done, 'dry-run': codes.done, 'nothing-to-do': codes.done, 'needs-hands': codes.needsHands};

function end({json, print}: Context, outcome: Ending, told: string[], result?: CheckResult): number {
	print(...(json ? [JSON.stringify({outcome, told, findings: result?.findings ?? [], certificate: result?.certificate})] : told));
	return codeOf[outcome] ?? codes.no;
}

export const installCommands: readonly Command[] = [{
	name: 'soap install',
	group: 'Tanium Platform',
	purpose: 'Install the SOAPServer.crt and SOAPServer.key from /incoming',
	about: 'Checks the uploaded pair, backs up the installed one to /outgoing, stops the Tanium Server, swaps the pair, starts it and proves over TLS that the new certificate is served; otherwise the old pair serves again. Asks for one yes on standard input. Exit code 0 installed, 1 not installed, 3 somebody has to look.',
	parameters: '[--dry-run] [json]',
	examples: ['soap install --dry-run', 'soap install <<< yes', 'soap install json <<< yes'],
	menu: '2-4',
	roles: ['tanadmin'],
	run: installUploads,
}];
