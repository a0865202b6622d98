// ssh2's SFTP client with promises, which reject when the session has ended: ssh2 alone would never answer.
import type {Client, SFTPWrapper, Stats} from 'ssh2';
import {ssh2} from '../ssh-keys/ssh2.js';
import {Problem} from '../problem.js';
import {openFlag} from '../sftp/protocol.js';
import {excerptOf} from './excerpt.js';

const {NO_SUCH_FILE} = ssh2.utils.sftp.STATUS_CODE;

/** With read access: the file is read back. */
const newFile = openFlag.read | openFlag.write | openFlag.create | openFlag.exclusive;

type Give<Result> = (error: Error | null | undefined, result: Result) => void;

/** Which results of ssh2 fit a request. It hands on whatever type of reply the host sends. */
const isHandle = (result: unknown) => Buffer.isBuffer(result) && result.length <= 256;
const isStats = (result: unknown) =>
	result instanceof Object && 'isFile' in result && 'size' in result && Number.isSafeInteger(result.size);
const isCount = (result: unknown) => typeof result === 'number';
const isStatus = (result: unknown) => result === undefined;
type Fits = (result: unknown) => boolean;

/**
 * The files of one host. Everything rejects with Problem `connection-lost`, `sftp-refused` with the host's own words, or `sftp-broken`
 * when the host sends a reply that does not fit the request.
 */
export class RemoteFiles {
	readonly #lost: Promise<never>;

	private constructor(
		private readonly sftp: SFTPWrapper,
		private readonly client: Client,
		private readonly timeoutMs: number,
	) {
		const {promise, reject} = Promise.withResolvers<never>();
		const lose = () => reject(new Problem('connection-lost', 'The connection was lost.', 'Run the same command again to resume.'));
		sftp.once('close', lose).on('error', lose);
		client.once('close', lose);
		promise.catch(() => undefined);
		this.#lost = promise;
	}

	/** `timeoutMs` is what the host has for each answer. Rejects with Problem `no-sftp` when the account has no SFTP. */
	static async of(client: Client, timeoutMs = requestTimeoutMs): Promise<RemoteFiles> {
		return new Promise((resolve, reject) => {
			const timeout = setTimeout(() => reject(noAnswer('start SFTP', timeoutMs)), timeoutMs);
			client.sftp((error, sftp) => {
				clearTimeout(timeout);
				if (error) {
					reject(
						new Problem('no-sftp', `SFTP is refused: ${excerptOf(error.message)}.`, 'Use the account for SFTP: tancopy', {cause: error}),
					);
				} else {
					resolve(new RemoteFiles(sftp, client, timeoutMs));
				}
			});
		});
	}

	/** Creates a file with mode 0600. Rejects when it exists. */
	async create(path: string): Promise<Buffer> {
		return this.#ask<Buffer>(`create ${path}`, isHandle, give => this.sftp.open(path, newFile, {mode: 0o600}, give));
	}

	/** Opens an existing file for reading and writing. */
	async open(path: string): Promise<Buffer> {
		return this.#ask<Buffer>(`open ${path}`, isHandle, give => this.sftp.open(path, openFlag.read | openFlag.write, give));
	}

	async close(handle: Buffer): Promise<void> {
		await this.#ask('close a file', isStatus, give => this.sftp.close(handle, give as Give<void>));
	}

	async stats(handle: Buffer): Promise<Stats> {
		return this.#ask<Stats>('stat a file', isStats, give => this.sftp.fstat(handle, give));
	}

	/** lstat(2); undefined when the file does not exist. */
	async lstat(path: string): Promise<Stats | undefined> {
		try {
			return await this.#ask<Stats>(`stat ${path}`, isStats, give => this.sftp.lstat(path, give));
		} catch (error) {
			return unlessMissing(error);
		}
	}

	async setMode(handle: Buffer, mode: number): Promise<void> {
		await this.#ask('set the mode of a file', isStatus, give => this.sftp.fchmod(handle, mode, give as Give<void>));
	}

	async write(handle: Buffer, bytes: Buffer, offset: number): Promise<void> {
		await this.#ask('write', isCount, give => this.sftp.write(handle, bytes, 0, bytes.length, offset, give as Give<void>));
	}

	/** Fills `bytes` from the file. Rejects when the file ends before that. */
	async read(handle: Buffer, bytes: Buffer, offset: number): Promise<void> {
		for (let done = 0; done < bytes.length;) {
			const length = bytes.length - done;
			const count = await this.#ask<number>('read', isCount, give => this.sftp.read(handle, bytes, done, length, offset + done, give));
			if (count <= 0 || count > length) {
				throw new Problem(
					'sftp-refused',
					`The host returned ${count} of ${length} bytes.`,
					'Check the disk and the SFTP server of the host.',
				);
			}

			done += count;
		}
	}

	/** Flushes the file to the host's disk, if the host supports that. */
	async sync(handle: Buffer): Promise<void> {
		await this.#ifAnnounced('sync a file', give => this.sftp.ext_openssh_fsync(handle, give as Give<void>));
	}

	/** Removes a file, if it exists. */
	async remove(path: string): Promise<void> {
		try {
			await this.#ask(`remove ${path}`, isStatus, give => this.sftp.unlink(path, give as Give<void>));
		} catch (error) {
			unlessMissing(error);
		}
	}

	/** Renames a file over another. Resolves with whether that was atomic. */
	async replace(from: string, to: string): Promise<boolean> {
		if (await this.#ifAnnounced(`rename ${from} to ${to}`, give => this.sftp.ext_openssh_rename(from, to, give as Give<void>))) {
			return true;
		}

		await this.remove(to);
		await this.#ask(`rename ${from} to ${to}`, isStatus, give => this.sftp.rename(from, to, give as Give<void>));
		return false;
	}

	/** Uses an extension. Resolves with false when the host has not announced it, for which ssh2 throws. */
	async #ifAnnounced(what: string, request: (give: Give<unknown>) => void): Promise<boolean> {
		let announced = true;
		await this.#ask(what, isStatus, give => {
			try {
				request(give);
			} catch {
				announced = false;
				give(undefined, undefined);
			}
		});
		return announced;
	}

	/** Sends a request. A host that does not answer in time is disconnected, so that nothing else waits for it. */
	async #ask<Result = unknown>(what: string, fits: Fits, request: (give: Give<Result>) => void): Promise<Result> {
		const {promise, resolve, reject} = Promise.withResolvers<Result>();
		const timeout = setTimeout(() => {
			reject(noAnswer(what, this.timeoutMs));
			this.client.destroy();
		}, this.timeoutMs);
		request((error, result) => {
			if (error) {
				reject(new Problem('sftp-refused', `The host refused to ${what}: ${excerptOf(error.message)}.`, '', {cause: error}));
			} else if (fits(result)) {
				resolve(result);
			} else {
				reject(new Problem('sftp-broken', `The host's reply does not fit a request to ${what}.`, 'Check the SFTP server of the host.'));
			}
		});
		try {
			return await Promise.race([this.#lost, promise]);
		} finally {
			clearTimeout(timeout);
		}
	}
}

/** Milliseconds that the host has to answer one request. */
const requestTimeoutMs = 60_000;

function noAnswer(what: string, timeoutMs: number): Problem {
	return new Problem(
		'connection-lost',
		`The host did not answer within ${timeoutMs / 1000} seconds when asked to ${what}.`,
		'Run the same command again to resume.',
	);
}

function unlessMissing(error: unknown): undefined {
	const cause = error instanceof Problem ? error.cause : undefined;
	if (!(cause instanceof Error && 'code' in cause && cause.code === NO_SUCH_FILE)) {
		throw error;
	}
}
