// Locks on files that the kernel takes away from a process that ends, however it ends (fcntl(2), F_SETLK). Node has no call for
// them, but SQLite has: its VFS `unix-excl` locks a database for the whole process with a single fcntl(2). The database is an empty
// file and stays empty, so a full disk does not matter. A child process inherits neither the lock nor the descriptor.
//
// A process loses its lock when it closes any other descriptor of the same file, so nothing but this module opens lock files.
import {closeSync, constants, lstatSync, openSync} from 'node:fs';
import process from 'node:process';
import type {DatabaseSync} from 'node:sqlite';
import {setTimeout as delay} from 'node:timers/promises';
import {pathToFileURL} from 'node:url';
import {hasCode, messageOf, Problem} from '../problem.js';
import {assertPrivate} from './private-folder.js';

/** The locks that this process holds, by the device and inode of the file. A database that is referenced nowhere would be closed. */
const held = new Map<string, DatabaseSync>();

/**
 * Locks a file, which is created with mode 0600 if it is missing. Resolves with undefined when this or another process has locked
 * it. Rejects with Problem `not-private`, with Problem `lock-failed`, or with the system's error when the file cannot be created.
 */
export async function tryLock(file: string): Promise<AsyncDisposable | undefined> {
	createIfMissing(file);
	const {dev, ino} = lstatSync(file, {bigint: true});
	const key = `${dev}-${ino}`;
	const database = held.has(key) ? undefined : lock(file);
	if (!database) {
		return undefined;
	}

	held.set(key, database);
	return {
		async [Symbol.asyncDispose]() {
			if (held.get(key) === database) {
				held.delete(key);
				database.close();
			}
		},
	};
}

/** The longest pause between two attempts. It is short compared with any timeout, so a waiter is not passed over again and again. */
const maxPauseMs = 32;

/**
 * Locks a file as tryLock() does; while it is locked, tries again for this many milliseconds. There is no notification, so the pauses
 * grow, and are random so that two waiters do not stay in step. Rejects with Problem `lock-timeout` as well.
 */
export async function waitForLock(file: string, timeoutMs: number): Promise<AsyncDisposable> {
	const deadline = performance.now() + timeoutMs;
	for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
		const lock = await tryLock(file);
		if (lock) {
			return lock;
		}

		if (performance.now() >= deadline) {
			throw new Problem(
				'lock-timeout',
				`${file} was locked by another session for ${timeoutMs / 1000} seconds.`,
				`Try again. To see which process has locked it: fuser ${file}`,
			);
		}

		await delay(pauseMs * (0.5 + Math.random() / 2));
	}
}

/** Whether a file is locked, by this or another process. Creates no file. Rejects as tryLock() does. */
export async function isLocked(file: string): Promise<boolean> {
	if (lstatSync(file, {throwIfNoEntry: false}) === undefined) {
		return false;
	}

	const lock = await tryLock(file);
	await lock?.[Symbol.asyncDispose]();
	return lock === undefined;
}

function createIfMissing(file: string): void {
	try {
		closeSync(openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600));
	} catch (error) {
		if (!hasCode(error, 'EEXIST')) {
			throw error;
		}

		assertPrivate(file, 'file');
	}
}

/** Small pages need less memory; with its journal in memory, SQLite creates no file. */
const statements = 'PRAGMA page_size = 512; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE';

function lock(file: string): DatabaseSync | undefined {
	const url = pathToFileURL(file);
	url.searchParams.set('vfs', 'unix-excl');
	let database;
	try {
		database = new (sqlite().DatabaseSync)(url, {timeout: 0});
		database.exec(statements);
		return database;
	} catch (error) {
		database?.close();
		if (isBusy(error)) {
			return undefined;
		}

		throw new Problem('lock-failed', `${file} cannot be locked: ${messageOf(error)}.`, 'Fix that, then try again.', {cause: error});
	}
}

/**
 * Loaded when it is first needed, so that the first frame does not wait for it. The first releases of Node 24 print a warning that it
 * is experimental, into the console that is on the screen.
 */
function sqlite(): {DatabaseSync: typeof DatabaseSync} {
	const {emitWarning} = process;
	process.emitWarning = () => {};
	try {
		return process.getBuiltinModule('node:sqlite');
	} finally {
		process.emitWarning = emitWarning;
	}
}

/** SQLITE_BUSY, or one of its extended codes. */
function isBusy(error: unknown): boolean {
	return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
