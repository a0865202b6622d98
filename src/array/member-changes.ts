// What a member does for its manager: it checks a pair, installs it, puts a backup back, and says how that ended. Each change has the id of
// an operation, under which its outcome is found as long as its record is kept, so that the same order twice is one change.
import type * as v from 'valibot';
import type {By} from '../appliance/by.js';
import {describeFile} from '../appliance/certificate-file.js';
import {recordOfOperation, type ChangeRecord} from '../appliance/change-records.js';
import {describePlace, readModuleServerPlace} from '../appliance/server-places.js';
import {checkPair, type CheckResult} from '../certificates/check.js';
import type {CertificateDescription} from '../certificates/describe/describe-certificate.js';
import {isSame, type Site} from '../installation/change.js';
import type {PairBytes} from '../installation/pair-bytes.js';
import {install, planInstallation, type Plan} from '../installation/install.js';
import {readJournal} from '../installation/journal.js';
import {planRestore} from '../installation/manage-backups.js';
import {describeOutcome} from '../installation/outcome.js';
import {zeroize} from '../installation/pair-files.js';
import {proofs} from '../installation/phases.js';
import {recover} from '../installation/recovery.js';
import {registerFrom} from '../installation/register-from.js';
import type {Report} from '../installation/undo.js';
import {verifyServed} from '../installation/verify-served.js';
import {messageWithHint, Problem} from '../problem.js';
import {
	receivedFile,
	type ChangeAnswer,
	type checkCall,
	type EndedChange,
	type installCall,
	type PairCheck,
	type Progress,
	type restoreCall,
	type SentPair,
} from './pair-calls.js';

/** Who ordered a change, and who is told how it goes on. */
export type Order = {by: By; progress(event: Progress): void};

/** Checks a pair as an installation would, and whether it could begin now. Changes nothing. */
export async function checkForMember(site: Site, {pair, overlap}: v.InferOutput<typeof checkCall>, by: By): Promise<PairCheck> {
	const installed = await describeFile(site.layout.soapCertificate, new Date());
	const {findings, certificate, pair: fresh} = checkSent(site, pair, installed);
	const planned = fresh === undefined ? {isInstalled: false, problem: null} : await tryPlanning(site, fresh, overlap, by);
	return {
		findings: findings.map(({severity, id, file, message, hint}) => ({severity, id, file, message, hint})),
		old: leafOf(installed),
		new: leafOf(certificate),
		moduleServer: describePlace(await readModuleServerPlace(site.layout, site.identity)),
		...planned,
	};
}

async function tryPlanning(site: Site, fresh: PairBytes, overlap: boolean, by: By): Promise<Pick<PairCheck, 'isInstalled' | 'problem'>> {
	try {
		const plan = await planInstallation(site, fresh, {...by, now: new Date(), origins: [], overlap});
		zeroizePlan(plan);
		return {isInstalled: isSame(plan.change.old, plan.change.new), problem: plan.installedFault ?? null};
	} catch (error) {
		return {isInstalled: false, problem: messageWithHint(error)};
	}
}

function checkSent({identity}: Site, {certificate, key}: SentPair, installed: CertificateDescription | undefined): CheckResult {
	return checkPair(receivedFile(certificate), receivedFile(key), {
		hosts: [identity.name],
		at: new Date(),
		...(installed && {installed}),
	});
}

function leafOf(certificate: CertificateDescription | undefined): PairCheck['new'] {
	if (!certificate) {
		return null;
	}

	const {fingerprint, subject, names, notAfter} = certificate;
	return {fingerprint, subject, names, notAfter};
}

/** The orders that this process carries out now, before and after they have a journal. */
const underWay = new Set<string>();

/** Installs a pair, once for each operation. Rejects as planInstallation() and install() do; then nothing was changed. */
export async function installForMember(site: Site, call: v.InferOutput<typeof installCall>, order: Order): Promise<ChangeAnswer> {
	const {operation, overlap, credentials} = call;
	const answer = await once(site, operation, async () => {
		const {findings, pair} = checkSent(site, call.pair, await describeFile(site.layout.soapCertificate, new Date()));
		if (!pair) {
			return refused(findings.filter(({severity}) => severity === 'error').map(({id, message}) => `${id}: ${message}`));
		}

		return carryOut(site, await planInstallation(site, pair, {...order.by, now: new Date(), origins: [], overlap, operation}), order);
	});
	return credentials !== undefined && answer.state === 'ended' && ['installed', 'nothing-to-do'].includes(answer.outcome)
		? {...answer, lacks: await register(site, credentials, order.by)}
		: answer;
}

/** Puts a backup back, once for each operation. Rejects as planRestore() and install() do; then nothing was changed. */
export async function restoreForMember(site: Site, call: v.InferOutput<typeof restoreCall>, order: Order): Promise<ChangeAnswer> {
	return once(site, call.operation, async () => {
		const {operation, backup, replaces, overlap} = call;
		const plan = await planRestore(site, backup, {...order.by, now: new Date(), overlap, operation});
		if (plan.change.old.leaf !== replaces && !isSame(plan.change.old, plan.change.new)) {
			zeroizePlan(plan);
			throw new Problem(
				'changed-since',
				'Another pair was installed there since then, so it stays.',
				'To put the old one back: soap restore',
			);
		}

		return carryOut(site, plan, order);
	});
}

/** How an ordered change has ended. What was interrupted is completed or undone first. */
export async function outcomeForMember(site: Site, operation: string): Promise<ChangeAnswer> {
	return underWay.has(operation) ? {state: 'running'} : outcomeSoFar(site, operation);
}

async function outcomeSoFar(site: Site, operation: string): Promise<ChangeAnswer> {
	const journal = await readJournal(site.layout);
	if (journal?.operation === operation && !(await recordOfOperation(site.layout, operation))) {
		try {
			await recover(site, async (_, work) => work());
		} catch (error) {
			if (error instanceof Problem && error.code === 'locked') {
				return {state: 'running'};
			}

			throw error;
		}
	}

	const record = await recordOfOperation(site.layout, operation); // Whoever recovered it.
	return record ? endedAs(record) : {state: 'unknown'};
}

async function once(site: Site, operation: string, work: () => Promise<EndedChange>): Promise<ChangeAnswer> {
	if (underWay.has(operation)) {
		return {state: 'running'};
	}

	underWay.add(operation); // Before anything is awaited, so that two equal orders are one.
	try {
		const before = await outcomeSoFar(site, operation);
		return before.state === 'unknown' ? await work() : before;
	} finally {
		underWay.delete(operation);
	}
}

async function carryOut(site: Site, plan: Plan, {progress}: Order): Promise<EndedChange> {
	if (isSame(plan.change.old, plan.change.new)) {
		zeroizePlan(plan);
		await verifyServed(site, plan.change, plan.change.new.chain);
		const isTrusted = plan.change.overlap?.wasTrusted !== false;
		const lacks = isTrusted ? null : 'The Module Server does not trust it. On that server: soap register';
		return {...ended('nothing-to-do', ['This pair was installed there already, and is served.']), lacks};
	}

	const report: Report = async (title, work) => {
		progress({step: title});
		const result = await work();
		if (title === proofs['installed']?.title(plan.change)) {
			progress({proven: true});
		}

		return result;
	};
	const settled = await install(site, plan, report);
	return settled.record ? endedAs(settled.record) : ended(settled.kind, describeOutcome(settled));
}

async function register(site: Site, credentials: {username: string; password: string}, by: By): Promise<string | null> {
	try {
		await registerFrom(site, credentials, by);
		return null;
	} catch (error) {
		return `Its Module Server was not registered: ${messageWithHint(error)}`;
	}
}

function endedAs({outcome, told, id, change = id, outageMilliseconds}: ChangeRecord): EndedChange {
	return {...ended(outcome as EndedChange['outcome'], told), change, outageMilliseconds};
}

function refused(reasons: readonly string[]): EndedChange {
	return ended('refused', ['Not installed. Nothing was changed.', ...reasons]);
}

function ended(outcome: EndedChange['outcome'], told: string[]): EndedChange {
	return {state: 'ended', outcome, told: told.flatMap(words => words.split('\n')), change: null, outageMilliseconds: null, lacks: null};
}

function zeroizePlan({fresh, installed}: Plan): void {
	zeroize(fresh);
	zeroize(installed);
}
