// Uploads one file into a folder of a host: under a temporary name, with mode 0600 before the first byte, and read back before
// it is renamed. Readers of the folder see complete files only.
import {createHash} from 'node:crypto';
import {Problem} from '../problem.js';
import type {RemoteFiles} from './remote-files.js';

export type LocalFile = {name: string; bytes: Buffer};

export type OnProgress = (done: number) => void;

/** A file that is complete and verified, but still has its temporary name. */
export type UploadedPart = {
	/** The number of bytes that a previous upload had left. */
	resumed: number;
	/** Renames it to its final name. Resolves with whether that was atomic. */
	commit(): Promise<boolean>;
	/** Removes it; ignores failures. */
	discard(): Promise<void>;
};

/** The size of a request that every server accepts, and the number of concurrent requests. */
const requestBytes = 32 * 1024;
const maxRequests = 16;

/**
 * Uploads a file under a temporary name, which contains part of the content's hash. Resumes what a previous upload left if that
 * is the beginning of the file. Rejects with a Problem; then nothing is left, or, when the connection was lost, a part that the
 * next upload resumes.
 */
export async function uploadPart(files: RemoteFiles, folder: string, file: LocalFile, progress: OnProgress): Promise<UploadedPart> {
	const part = `${folder}/.${file.name}.${hashOf(file.bytes).toString('hex').slice(0, 12)}.part`;
	const discard = async () => files.remove(part).catch(() => undefined);
	const {handle, resumed} = await openPart(files, part, file.bytes);
	try {
		try {
			await writeFrom(resumed, {files, handle, bytes: file.bytes, progress});
			await files.sync(handle);
			await assertWhole(files, handle, file);
		} finally {
			await files.close(handle).catch(() => undefined);
		}
	} catch (error) {
		await discard();
		throw explain(part, error);
	}

	return {resumed, discard, commit: async () => files.replace(part, `${folder}/${file.name}`)};
}

type Part = {handle: Buffer; resumed: number};

/** Opens the part, new or left by a previous upload, with mode 0600. */
async function openPart(files: RemoteFiles, part: string, bytes: Buffer): Promise<Part> {
	const made = await files.create(part).catch(async (error: unknown) => {
		if (error instanceof Problem && error.code === 'sftp-refused' && (await files.lstat(part))) {
			return undefined;
		}

		throw explain(part, error);
	});
	if (made) {
		await assertPrivate(files, part, made);
		return {handle: made, resumed: 0};
	}

	return (await openLeftover(files, part, bytes)) ?? (await createAnew(files, part));
}

async function createAnew(files: RemoteFiles, part: string): Promise<Part> {
	await files.remove(part);
	const handle = await files.create(part);
	await assertPrivate(files, part, handle);
	return {handle, resumed: 0};
}

/** The part of a previous upload, if it is a file with the right beginning. */
async function openLeftover(files: RemoteFiles, part: string, bytes: Buffer): Promise<Part | undefined> {
	const found = await files.lstat(part);
	if (!found?.isFile() || found.size > bytes.length) {
		return undefined;
	}

	const handle = await files.open(part);
	await assertPrivate(files, part, handle);
	const beginning = await readBack(files, handle, found.size);
	const isOurs = beginning.equals(bytes.subarray(0, found.size));
	beginning.fill(0);
	if (isOurs) {
		return {handle, resumed: found.size};
	}

	await files.close(handle);
	return undefined;
}

/**
 * Sets mode 0600 and checks it: a server may refuse to set a mode and still have created the file with the right one. Rejects
 * with Problem `not-private`, before a byte is written, when others could read the file.
 */
async function assertPrivate(files: RemoteFiles, part: string, handle: Buffer): Promise<void> {
	await files.setMode(handle, 0o600).catch(() => undefined);
	const {mode} = await files.stats(handle);
	if (mode === undefined || (mode & 0o077) !== 0) {
		await files.close(handle);
		await files.remove(part);
		const found =
			mode === undefined
				? 'does not report file modes'
				: `creates files that others can read (mode ${(mode & 0o777).toString(8)}) and refuses to change that`;
		throw new Problem(
			'not-private',
			`The host ${found}. Nothing was written.`,
			'Configure its SSH server to create files with mode 0600, or to allow chmod.',
		);
	}
}

type Writing = {files: RemoteFiles; handle: Buffer; bytes: Buffer; progress: OnProgress};

/** Writes the rest, several requestBytess at once. Progress is what the host has confirmed. */
async function writeFrom(start: number, {files, handle, bytes, progress}: Writing): Promise<void> {
	let confirmed = start;
	let next = start;
	progress(confirmed);
	const writer = async () => {
		while (next < bytes.length) {
			const offset = next;
			next += requestBytes;
			const part = bytes.subarray(offset, offset + requestBytes);
			await files.write(handle, part, offset);
			confirmed += part.length;
			progress(confirmed);
		}
	};

	await Promise.all(Array.from({length: maxRequests}, writer));
}

/** Reads the file back and compares. Rejects with Problem `not-equal`. */
async function assertWhole(files: RemoteFiles, handle: Buffer, {name, bytes}: LocalFile): Promise<void> {
	const {size} = await files.stats(handle);
	const there = size === bytes.length ? await readBack(files, handle, size) : Buffer.alloc(0);
	const isEqual = hashOf(there).equals(hashOf(bytes));
	there.fill(0);
	if (!isEqual) {
		throw new Problem(
			'not-equal',
			`${name} read back differs from what was written (${size} of ${bytes.length} bytes are there).`,
			'Check the disk of the host, then try again.',
		);
	}
}

async function readBack(files: RemoteFiles, handle: Buffer, size: number): Promise<Buffer> {
	const bytes = Buffer.alloc(size);
	for (let offset = 0; offset < size; offset += requestBytes) {
		await files.read(handle, bytes.subarray(offset, offset + requestBytes), offset);
	}

	return bytes;
}

function hashOf(bytes: Buffer): Buffer {
	return createHash('sha256').update(bytes).digest();
}

/** Adds to a lost connection what is left on the host, and to a refusal what may cause it. */
function explain(part: string, error: unknown): unknown {
	if (!(error instanceof Problem)) {
		return error;
	}

	return error.code === 'connection-lost'
		? new Problem(error.code, `${error.message} The part that was uploaded is in ${part}, with mode 0600.`, error.hint, {cause: error})
		: new Problem(error.code, error.message, error.hint || 'Check that the account may write there and that the disk is not full.', {
				cause: error,
			});
}
