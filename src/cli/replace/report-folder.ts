import {writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {stamp} from '../../appliance/stamp.js';
import {markdownOf, type Report} from '../../replace/report.js';
import {version} from '../version.js';
import {makeWritableFolder} from '../writable-folder.js';

/** The folder of a report, which only its owner can read: screens may show what is nobody else's business. */
export class ReportFolder {
	private constructor(
		/** Absent when no report is written. */
		readonly folder: string | undefined,
	) {}

	/** Before anything is changed: afterwards the evidence would be lost. Rejects with Problem `cannot-write`. */
	static async make(named: string | undefined, isNone: boolean): Promise<ReportFolder> {
		if (isNone) {
			return new ReportFolder(undefined);
		}

		const folder = named ?? `tanos-replace-${stamp(new Date())}`;
		await makeWritableFolder(folder, {what: 'The report', option: '--report DIR', mode: 0o700});
		return new ReportFolder(folder);
	}

	/** Writes a recording. Resolves with its name: session.cast, session-2.cast and so on. */
	async record(index: number, text: string): Promise<string | undefined> {
		const name = index === 0 ? 'session.cast' : `session-${index + 1}.cast`;
		return this.folder === undefined ? undefined : this.#write(name, text).then(() => name);
	}

	/** Writes report.md and report.json. */
	async write(report: Omit<Report, 'ended' | 'version' | 'by'>): Promise<void> {
		const by = `${os.userInfo().username}@${os.hostname()}`;
		const whole = {...report, ended: new Date().toISOString(), version: version(), by};
		if (this.folder !== undefined) {
			await this.#write('report.json', `${JSON.stringify(whole, null, '\t')}\n`);
			await this.#write('report.md', markdownOf(whole));
		}
	}

	async #write(name: string, text: string): Promise<void> {
		await writeFile(path.join(this.folder!, name), text, {mode: 0o600});
	}
}
