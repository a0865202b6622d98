// The audit log of one appliance in this process: what could not be written is kept here, in order, and written before anything else.
import {closeSync, existsSync, mkdirSync, openSync, statfsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {atExit} from '../at-exit.js';
import {hasCode, messageOf, Problem} from '../problem.js';
import {auditLine, type AuditEvent} from './audit-line.js';
import {EventLimiter} from './event-limiter.js';
import type {Layout} from './layout.js';
import {appendLines, rotate} from './log-file.js';
import {auditRotation, maxKeptEvents, networkRate, reserveBytes, retryMs, summaryMs, userRate} from './log-limits.js';

const logs = new Map<string, AuditLog>();

export class AuditLog {
	/** The lines that are still to be written, the oldest first. */
	readonly #kept: string[] = [];
	readonly #limiter = new EventLimiter(networkRate);
	readonly #userLimiter = new EventLimiter(userRate);
	#lost: {count: number; since: Date} | undefined;
	#mayBeTorn = true;
	#isWaiting = false;
	#endsWithProcess = false;
	#rotatesFrom = 0;
	#copy: (line: string) => void = () => {};

	private constructor(private readonly layout: Layout) {}

	private get file(): string {
		return this.layout.audit;
	}

	/** The one for this appliance. */
	static of(layout: Layout): AuditLog {
		let log = logs.get(layout.audit);
		if (!log) {
			log = new AuditLog(layout);
			logs.set(layout.audit, log);
		}

		return log;
	}

	/** See `copyAudit`. */
	copyTo(copy: (line: string) => void): void {
		this.#copy = copy;
	}

	/** See `audit`. */
	async write(event: AuditEvent): Promise<void> {
		const line = auditLine(event, new Date());
		this.assertWritable();
		try {
			await this.#rotateIfFull(this.#append([line], true));
		} catch (error) {
			throw unwritable(this.file, error);
		}
	}

	/** See `auditOrKeep`. */
	async writeOrKeep(event: AuditEvent, maxKept = maxKeptEvents): Promise<boolean> {
		const line = auditLine(event, new Date());
		try {
			await this.#rotateIfFull(this.#append([line], false));
			return true;
		} catch {
			this.#keep(line, maxKept);
			return false;
		}
	}

	/** See `auditLimited`. Half of what is kept is for other events. */
	async writeLimited(event: AuditEvent): Promise<void> {
		if (this.#limiter.admits(event)) {
			await this.writeOrKeep(event, maxKeptEvents / 2);
		} else {
			this.#later(summaryMs);
		}
	}

	/** See `auditOfUser`. */
	async writeOfUser(event: AuditEvent & {user: string}): Promise<void> {
		if (this.#userLimiter.admits({event: event.event, from: `${event.user} ${event.event}`})) {
			await this.writeOrKeep(event);
		} else {
			this.#later(summaryMs);
		}
	}

	/** See `assertAuditable`. */
	assertWritable(): void {
		try {
			this.#append([], false);
			closeSync(this.#inFolder(() => openSync(this.file, 'a', 0o600)));
			assertSpace(path.dirname(this.file));
		} catch (error) {
			throw unwritable(this.file, error);
		}
	}

	/** Writes what is kept, and how many events were not logged. What cannot be written stays kept. Never throws. */
	flush(): void {
		for (const limiter of [this.#limiter, this.#userLimiter]) {
			const summary = limiter.takeSummary();
			if (summary) {
				this.#keep(auditLine(summary, new Date()), maxKeptEvents);
			}
		}

		try {
			this.#append([], false);
		} catch {
			// It stays kept.
		}
	}

	/** At the end of the process, which takes with it what cannot be written. An appliance that was deleted has no log. */
	#end(): string | undefined {
		this.flush();
		const count = this.#kept.length + (this.#lost?.count ?? 0);
		return count > 0 && existsSync(path.dirname(this.file))
			? `The audit log ${this.file} cannot be written. Events that were not logged: ${count}`
			: undefined;
	}

	/** Appends what is kept, then these lines. Returns the size of the log; throws when not all of it could be written. */
	#append(lines: readonly string[], durable: boolean): number {
		const lost = this.#lost;
		const behind = lost ? [auditLine(lossOf(lost), new Date()), ...lines] : lines;
		if (this.#kept.length + behind.length === 0) {
			return 0;
		}

		const options = {durable, mayBeTorn: this.#mayBeTorn};
		const write = () => appendLines(this.file, [...this.#kept, ...behind], options);
		const {written, size, error} = lines.length > 0 ? this.#inFolder(write) : write();
		this.#mayBeTorn = error !== undefined;
		this.#lost = written > this.#kept.length ? undefined : lost;
		this.#kept.splice(0, written);
		if (error !== undefined) {
			throw error;
		}

		for (const line of behind) {
			this.#copy(line);
		}

		return size;
	}

	/** Makes the folder only after an attempt has failed: most of the time it is there. */
	#inFolder<Result>(action: () => Result): Result {
		try {
			return action();
		} catch (error) {
			if (!hasCode(error, 'ENOENT')) {
				throw error;
			}

			mkdirSync(path.dirname(this.file), {recursive: true, mode: 0o700});
			return action();
		}
	}

	/** Copies it at once: the log may not be writable until this process ends. */
	#keep(line: string, maxKept: number): void {
		this.#copy(line);
		if (this.#kept.length < maxKept) {
			this.#kept.push(line);
		} else {
			this.#lost ??= {count: 0, since: new Date()};
			this.#lost.count++;
		}

		this.#later(retryMs);
	}

	/** Flushes after this time, and again while something is kept. The timer does not keep the process alive. */
	#later(ms: number): void {
		this.#endWithProcess();
		if (this.#isWaiting) {
			return;
		}

		this.#isWaiting = true;
		setTimeout(() => {
			this.#isWaiting = false;
			this.flush();
			if (this.#kept.length > 0) {
				this.#later(retryMs);
			}
		}, ms).unref();
	}

	#endWithProcess(): void {
		if (!this.#endsWithProcess) {
			this.#endsWithProcess = true;
			atExit.push(() => this.#end());
		}
	}

	/** A log that cannot be rotated grows. Then a rotation is tried no more often than what was kept. */
	async #rotateIfFull(size: number): Promise<void> {
		if (size < auditRotation.maxBytes || performance.now() < this.#rotatesFrom) {
			return;
		}

		try {
			const {lockIfFree} = await import('./lock.js'); // The first frame does not wait for it.
			await rotate(this.file, auditRotation, async () => lockIfFree(this.layout, 'audit'));
		} catch {
			this.#rotatesFrom = performance.now() + retryMs;
		}
	}
}

function lossOf({count, since}: {count: number; since: Date}): AuditEvent {
	return {event: 'events-not-logged', reason: 'audit-unwritable', count, since: since.toISOString()};
}

function unwritable(file: string, cause: unknown): Problem {
	return new Problem(
		'audit-unwritable',
		`The audit log ${file} cannot be written. ${messageOf(cause)}`,
		'Fix that first: nothing is changed without a log entry.',
		{cause},
	);
}

/** Throws ENOSPC when the outcome of a change might find no space. Some file systems do not tell their size. */
function assertSpace(folder: string): void {
	const {bsize, blocks, bfree, bavail} = statfsSync(folder);
	const free = process.getuid?.() === 0 ? bfree : bavail;
	if (blocks > 0 && free * bsize < reserveBytes) {
		throw Object.assign(new Error('no space left'), {code: 'ENOSPC', path: folder});
	}
}
