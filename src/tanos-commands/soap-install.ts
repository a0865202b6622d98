import type {CheckResult} from '../certificates/check.js';
import {checkUploadsQuietly, printFindings} from '../console/flows/check-uploads.js';
import {clientTrust} from '../console/flows/client-trust.js';
import {plannedBy, reviewAndInstall, type Reviewed} from '../console/flows/review-and-install.js';
import {zeroizeUploads, sourcesOf} from '../console/flows/uploads.js';
import {howToRegister} from './soap-register.js';
import {exitCodes} from '../exit-codes.js';
import {recordRefusedCheck} from '../installation/change-recorder.js';
import {asInstalled} from '../installation/as-installed.js';
import {planInstallation, type Plan} from '../installation/install.js';
import {removeOutcome} from '../installation/outcome.js';
import {soap, ssl, targetOf, type Target} from '../installation/target.js';
import {howToRegisterWithAll} from '../console/flows/register-with-all.js';
import {looksInDryRun, usage, type Command, type Context} from './command.js';
import {aboutFiles, fileParameters, namedFilesIn, printSuggestion, readNamedUploads, suggestFiles} from './upload-words.js';

/** Installs the uploaded pair after one `yes`. */
async function installUploads(context: Context, target: Target): Promise<number> {
	const {named, rest} = namedFilesIn(context.words);
	const {dryRun, overlap} = optionsIn(rest, target);
	const {session, conversation} = context;
	const {uploads, result} = await checkUploadsQuietly(session, await readNamedUploads(session, target, named));
	try {
		await printFindings(conversation, session, {uploads, result});
		const {lines} = await suggestFiles(session, `${target.word} install`, {uploads, result, named});
		if (!result.pair) {
			if (!dryRun) {
				await recordRefusedCheck(session.layout, plannedBy(session), result.findings, target);
			}

			return end(context, {outcome: 'refused', told: ['Not installed. Nothing was changed.', ...lines]}, result);
		}

		printSuggestion(conversation, lines);

		const by = plannedBy(session);
		const plan = await planInstallation(session, asInstalled(target, result.pair), {...by, target, origins: sourcesOf(uploads), overlap});
		return await reviewPlan(context, plan, {dryRun, result});
	} finally {
		zeroizeUploads(uploads);
	}
}

function optionsIn(words: readonly string[], target: Target): {dryRun: boolean; overlap: boolean} {
	const options = words.map(word => word.toLowerCase());
	const known = target === soap ? ['--dry-run', '--overlap'] : ['--dry-run'];
	const unknown = words.find((_, index) => !known.includes(options[index]!));
	if (unknown !== undefined) {
		throw usage(`${unknown}: only ${known.join(', ')} and ${fileParameters} may follow.`);
	}

	return {dryRun: options.includes('--dry-run'), overlap: options.includes('--overlap')};
}

type ReviewOptions = {dryRun: boolean; result?: CheckResult};

/** Shows what a plan would do and, unless it is a dry run, does it after one `yes`. Resolves with the exit code. */
export async function reviewPlan(context: Context, plan: Plan, {dryRun, result}: ReviewOptions): Promise<number> {
	const {session, conversation} = context;
	const warnings = result?.findings.map(({id}) => id);
	const {outcome, told, record, isTrusted} = await reviewAndInstall(conversation, session, plan, {
		yes: 'yes',
		dryRun,
		...(warnings !== undefined && {warnings}),
	});
	const next = outcome === 'installed' ? await nextSteps(session, plan, isTrusted) : [];
	const code = end(context, {outcome, told: [...told, ...next], record}, result);
	await removeOutcome(session.layout, told);
	return code;
}

/** What is left to be done after an installation. */
async function nextSteps(session: Context['session'], {change}: Plan, isTrusted = false): Promise<string[]> {
	const target = targetOf(change);
	if (target !== soap) {
		return target === ssl ? howToRegisterWithAll(session) : [];
	}

	return [
		...(await clientTrust(session)),
		isTrusted ? 'The Module Server trusts the new certificate.' : `To register the Module Server again: ${await howToRegister(session)}`,
	];
}

const codeOf: Partial<Record<Reviewed['outcome'], number>> = {
	installed: exitCodes.done,
	'dry-run': exitCodes.done,
	'nothing-to-do': exitCodes.done,
	'needs-hands': exitCodes.manualIntervention,
};

function end({json, print}: Context, {outcome, told, record}: Reviewed, result?: CheckResult): number {
	const {id, began, ended, outageMilliseconds, backup, steps, serverLog} = record ?? {};
	const change = record && {change: id, began, ended, outageMilliseconds, backup, steps, serverLog};
	print(
		...(json ? [JSON.stringify({outcome, told, findings: result?.findings ?? [], certificate: result?.certificate, ...change})] : told),
	);
	return codeOf[outcome] ?? exitCodes.no;
}

export const installCommands: readonly Command[] = [
	{
		name: 'soap install',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Install the SOAPServer.crt and SOAPServer.key from /incoming',
		about:
			'Checks the uploaded pair, backs up the installed one to /outgoing, stops the Tanium Server, swaps the pair, starts it and '
			+ 'verifies over TLS that the new certificate is served; otherwise the old pair is restored, and the last lines of the '
			+ `Tanium Server's log are printed. ${aboutFiles} Asks for one yes on standard input, and for a second one when the installed `
			+ 'pair could not be loaded again. With --overlap, for servers on one appliance or in one array, the Module Server trusts both '
			+ 'certificates until the new one is proven, and need not be registered again; not for a key that others may know. Exit code 0 '
			+ 'installed, 1 not installed, 3 needs manual intervention.',
		parameters: `${fileParameters} [--overlap] [--dry-run] [json]`,
		examples: ['soap install --dry-run', 'soap install <<< yes', 'soap install json <<< yes'],
		menu: '2-4',
		roles: ['tanadmin'],
		looks: looksInDryRun,
		onHost: 'target',
		run: async context => installUploads(context, context.target ?? soap),
	},
];

export const sslInstallCommands: readonly Command[] = [
	{
		name: 'ssl install',
		needs: 'Module Server',
		group: 'Tanium Platform',
		purpose: 'Install the ssl.crt and ssl.key from /incoming',
		about:
			'Not a command of TanOS: on a Tanium Appliance, contact Tanium Support. Checks the uploaded pair, backs up the installed one to '
			+ '/outgoing, stops the Module Server, swaps the pair, starts it and verifies over TLS that the new certificate is served; '
			+ `otherwise the old pair is restored. Then says how the Module Server is registered again with each Tanium Server. ${aboutFiles} `
			+ 'Asks for one yes on standard input, and for a second one when the installed pair could not be loaded again. Exit code 0 '
			+ 'installed, 1 not installed, 3 needs manual intervention.',
		parameters: `${fileParameters} [--dry-run] [json]`,
		examples: ['ssl install --dry-run', 'ssl install <<< yes', 'ssl install json <<< yes'],
		menu: ssl.menu,
		roles: ['tanadmin'],
		looks: looksInDryRun,
		run: async context => installUploads(context, ssl),
	},
];
