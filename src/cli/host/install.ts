import os from 'node:os';
import process from 'node:process';
import {exitCodes} from '../../exit-codes.js';
import {isSame, type Site} from '../../installation/change.js';
import {endpointsOf, requiredNames, type HostTarget} from '../../installation/host-target.js';
import {recordRefusedCheck} from '../../installation/change-recorder.js';
import {install, planInstallation, type Plan} from '../../installation/install.js';
import {readJournal} from '../../installation/journal.js';
import {describeOutcome, type Outcome} from '../../installation/outcome.js';
import {recover} from '../../installation/recovery.js';
import type {Settled} from '../../installation/settle.js';
import {zeroize} from '../../installation/pair-files.js';
import {hostTarget} from '../../installation/target.js';
import type {Report} from '../../installation/undo.js';
import {Problem} from '../../problem.js';
import {sanitiseLines} from '../../sanitise.js';
import {beginsWith, presentedFingerprints, type Served} from '../../services/probe.js';
import {findingLines} from '../certificate/finding-lines.js';
import {print, printStep, type Command} from '../command.js';
import {hostInstallDefinition, hostRecoverDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';
import {checkNewPair} from './check-pair.js';
import {hostLayout, hostSite, prepareHost} from './site.js';
import {readTarget} from './targets.js';

/** `tanos host install TARGET CRT KEY`. */
export const hostInstall: Command = async words => {
	const {
		values: {json},
		arguments: {TARGET: name, CRT: certificate, KEY: key},
	} = parseCall(hostInstallDefinition, words);
	await prepareHost();
	const target = await readTarget(hostLayout, name);
	const {result, fresh} = await checkNewPair(target, {certificate, key});
	const by = {user: userOfHost(), from: 'console', now: new Date()};
	if (!json) {
		print(...findingLines(result.findings, requiredNames(target)));
	}

	if (!fresh) {
		await recordRefusedCheck(hostLayout, by, result.findings, hostTarget(target));
		const told = ['Not installed. Nothing was changed.'];
		print(...(json ? [JSON.stringify({outcome: 'refused', told, findings: result.findings})] : told));
		return exitCodes.no;
	}

	const site = hostSite([target]);
	const plan = await planInstallation(site, fresh, {...by, target: hostTarget(target), origins: []});
	if (await isInService(plan, target)) {
		zeroizePlan(plan);
		return endUnchanged('This pair is installed, and served by each probe. Nothing was changed.', json);
	}

	ignoreSignals();
	return end(await install(site, plan, reportFor(json)), json, {findings: result.findings});
};

/** Whether there is nothing to install: the same files are in place, and their certificates are served. */
async function isInService({change}: Plan, target: HostTarget): Promise<boolean> {
	if (!isSame(change.old, change.new)) {
		return false;
	}

	const presented = await Promise.all(endpointsOf(target).map(presentedOrNothing));
	return presented.every(chain => beginsWith(chain, change.new.chain));
}

async function presentedOrNothing(where: Served): Promise<string[]> {
	return presentedFingerprints(where).catch(() => []);
}

function zeroizePlan({fresh, installed}: Plan): void {
	zeroize(fresh);
	zeroize(installed);
}

function endUnchanged(what: string, json: boolean): number {
	print(json ? JSON.stringify({outcome: 'nothing-to-do', told: [what]}) : what);
	return exitCodes.done;
}

/** `tanos host recover`. */
export const hostRecover: Command = async words => {
	const {
		values: {json, 'if-unlocked': ifUnlocked},
	} = parseCall(hostRecoverDefinition, words);
	await prepareHost();
	ignoreSignals();
	const outcome = await recover(await siteInJournal(), reportFor(json)).catch((error: unknown) => {
		if (ifUnlocked && error instanceof Problem && error.code === 'locked') {
			return error;
		}

		throw error;
	});
	if (!outcome || outcome instanceof Problem) {
		return endUnchanged(outcome?.message ?? 'No installation was interrupted. Nothing to do.', json);
	}

	const code = end(outcome, json);
	return code === exitCodes.manualIntervention ? code : exitCodes.done;
};

/** An unreadable journal is reported by recover(). */
async function siteInJournal(): Promise<Site> {
	const change = await readJournal(hostLayout).catch(() => undefined);
	return hostSite(change?.host ? [change.host] : []);
}

/** Each step in a line; nothing where a document is printed at the end. */
function reportFor(json: boolean): Report {
	return json ? async (_, work) => work() : printStep;
}

/** What has begun runs to its end. */
function ignoreSignals(): void {
	for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
		process.on(signal, () => {});
	}
}

function userOfHost(): string {
	return process.env['SUDO_USER'] || os.userInfo().username;
}

const codeOf: Partial<Record<Outcome['kind'], number>> = {
	installed: exitCodes.done,
	'needs-hands': exitCodes.manualIntervention,
};

function end(outcome: Settled, json: boolean, more: object = {}): number {
	const told = describeOutcome(outcome).map(line => sanitiseLines(line));
	const {id, began, ended, outageMilliseconds, steps, serverLog} = outcome.record ?? {};
	const document = {outcome: outcome.kind, told, ...more, change: id, began, ended, outageMilliseconds, steps, serverLog};
	print(...(json ? [JSON.stringify(document)] : told));
	return codeOf[outcome.kind] ?? exitCodes.no;
}
