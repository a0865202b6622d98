// Observes a change from its beginning to its end, for the record that it leaves.
import {readFile} from 'node:fs/promises';
import {performance} from 'node:perf_hooks';
import {recordOf, writeRecord, type ChangeRecord, type RecordedCertificate} from '../appliance/change-records.js';
import type {Layout} from '../appliance/layout.js';
import type {By} from '../appliance/by.js';
import {describeLeaf} from '../certificates/describe/describe-certificate.js';
import type {Finding} from '../certificates/rules/finding.js';
import {messageOf} from '../problem.js';
import type {ConnectionResult} from '../registration/connection.js';
import {connectionsOf} from '../registration/connections.js';
import {byOf, type Change, type Site} from './change.js';
import {describeOutcome, type Outcome} from './outcome.js';
import {savedFolder} from './pair-files.js';
import {outageBegins, proofs} from './phases.js';
import {installedFiles, pairIn, recordedTarget, soap, targetOf, type Target} from './target.js';
import type {Report} from './undo.js';

export class ChangeRecorder {
	readonly #began = new Date();
	readonly #steps: ChangeRecord['steps'] = [];
	#stoppedAt: number | undefined;
	/** When it was last proven that a certificate is served, and by which step. */
	#proven: {title: string; at: number} | undefined;

	private constructor(
		private readonly site: Site,
		private readonly change: Change,
		private readonly isRecovery: boolean,
		private readonly certificates: readonly RecordedCertificate[],
		private readonly before: readonly ConnectionResult[],
	) {}

	/** Looks at the certificates of a change and at the connections as they are before it. Never rejects. */
	static async begin(site: Site, change: Change, {isRecovery = false, pems = []}: {isRecovery?: boolean; pems?: Buffer[]} = {}) {
		const found = [...pems, ...(await pemsOf(site.layout, change))];
		return new ChangeRecorder(
			site,
			change,
			isRecovery,
			found.flatMap(pem => certificateIn(pem)),
			isRecovery || change.host ? [] : await connectionsOf(site.layout, site.identity),
		);
	}

	/** A report that notes each step and its time as well. */
	timed(report: Report): Report {
		return async (title, work) => {
			const started = performance.now();
			this.#stoppedAt ??= title === outageBegins.title(this.change) ? started : undefined;
			const note = (failed: boolean) => {
				this.#steps.push({title, milliseconds: Math.round(performance.now() - started), ...(failed && {failed})});
			};
			try {
				const result = await report(title, work);
				this.#proven = Object.values(proofs).some(step => step?.title(this.change) === title)
					? {title, at: performance.now()}
					: this.#proven;
				note(false);
				return result;
			} catch (error) {
				note(true);
				throw error;
			}
		};
	}

	/** Tests the connections again and writes the record. Resolves with it, and with what is to be said when it cannot be written. */
	async end(change: Change, outcome: Outcome): Promise<{record: ChangeRecord; remarks: string[]}> {
		const record = await this.#describe(change, outcome);
		try {
			return {record: await writeRecord(this.site.layout, record), remarks: []};
		} catch (error) {
			return {record, remarks: [`The record of this change cannot be written: ${messageOf(error)}`]};
		}
	}

	async #describe(change: Change, outcome: Outcome): Promise<ChangeRecord> {
		const after = this.#steps.length > 0 && !change.host ? await connectionsOf(this.site.layout, this.site.identity) : this.before;
		return recordOf(this.#began, {
			id: change.id,
			...(change.operation !== undefined && {operation: change.operation, change: change.id}),
			...recordedTarget(targetOf(change)),
			kind: change.restores === undefined ? 'installation' : 'restore',
			...byOf(change),
			outcome: outcome.kind,
			recovered: this.isRecovery,
			told: describeOutcome(outcome),
			...('serverLog' in outcome && {serverLog: [...outcome.serverLog]}),
			old: this.#certificate(change.old.leaf),
			new: this.#certificate(change.new.leaf),
			steps: this.#steps,
			outageMilliseconds: this.#outage(change, outcome),
			backup: outcome.kind === 'refused' || outcome.kind === 'stale' ? [] : change.backup,
			connections: {before: [...this.before], after: [...after]},
		});
	}

	#certificate(fingerprint: string): RecordedCertificate {
		return this.certificates.find(certificate => certificate.fingerprint === fingerprint) ?? {fingerprint};
	}

	/** In milliseconds, as ChangeRecord says. A recovery does not know when the service was stopped. */
	#outage(change: Change, {kind}: Outcome): number | null {
		if (this.#stoppedAt === undefined) {
			return this.isRecovery && kind !== 'refused' ? null : 0;
		}

		const isProven = change.wasRunning && this.#proven?.title === proofs[kind]?.title(change);
		return isProven && this.#proven ? Math.round(this.#proven.at - this.#stoppedAt) : null;
	}
}

/** Leaves a record of an installation that was refused because of these findings. Never rejects. */
export async function recordRefusedCheck(
	layout: Layout,
	{now, ...by}: By & {now: Date},
	findings: readonly Finding[],
	target: Target = soap,
): Promise<void> {
	const told = findings.filter(({severity}) => severity === 'error').map(({id, message}) => `${id}: ${message}`);
	const record = recordOf(now, {kind: 'installation', ...recordedTarget(target), ...by, outcome: 'refused', told});
	await writeRecord(layout, record).catch(() => undefined);
}

/** The certificate files among which those of a change are; after an interruption, too. */
async function pemsOf(layout: Layout, change: Change): Promise<Buffer[]> {
	const target = targetOf(change);
	const folders = [layout.staging, savedFolder(layout, change)];
	const files = [installedFiles(layout, target), ...folders.map(folder => pairIn(folder, target))].map(({certificate}) => certificate);
	const read = await Promise.all(files.map(async file => readFile(file).catch(() => undefined)));
	return read.filter(bytes => bytes !== undefined);
}

function certificateIn(pem: Buffer): RecordedCertificate[] {
	try {
		const {fingerprint, subject, serial, notAfter} = describeLeaf(pem, new Date());
		return [{fingerprint, subject, serial, notAfter}];
	} catch {
		return []; // Then the record has its fingerprint only.
	}
}
