import {access, constants, mkdir, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {messageOf, Problem} from '../../problem.js';
import {markdownOf, type Report} from '../../replace/report.js';
import {version} from '../version.js';

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

		const folder =
			named
			?? `tanos-replace-${new Date()
				.toISOString()
				.replaceAll(/[-:]|\..*$/g, '')
				.replace('T', '-')}`;
		try {
			await mkdir(folder, {recursive: true, mode: 0o700});
			await access(folder, constants.W_OK);
		} catch (error) {
			throw new Problem('cannot-write', `The report cannot be written to ${folder}. ${messageOf(error)}`, 'Name a folder: --report DIR', {
				cause: error,
			});
		}

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
