// One file on its way into a folder of a host. It is written under a name of its own, readable by its owner alone before its
// first byte is there, and read back; only then may it take its place. Whoever watches the folder sees whole files only.
import {createHash} from 'node:crypto';
import {Problem} from '../problem.js';
import type {RemoteFiles} from './remote-files.js';

export type LocalFile = {name: string; bytes: Buffer};

export type OnProgress = (done: number) => void;

/** A file that is whole and verified, and not in its place yet. */
export type UploadedPart = {
	/** How many bytes were there from an upload before. */
	resumed: number;
	/** Puts it in its place. Resolves with whether that was one step. */
	place(): Promise<boolean>;
	/** Removes it; a failure to do so is not told. */
	discard(): Promise<void>;
};

/** What every server takes in one request, and how many requests are under way at once. */
const piece = 32 * 1024;
const atOnce = 16;

/**
 * Uploads a file beside its place. What an upload before has left is used when it is the file's own beginning: its name
 * holds part of the content's hash. Rejects with a Problem, and then leaves nothing, or, when the connection is lost, a
 * part that the next upload goes on with.
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
		throw inTermsOf(part, error);
	}

	return {resumed, discard, place: async () => files.replace(part, `${folder}/${file.name}`)};
}

type Part = {handle: Buffer; resumed: number};

/** Opens the part, new or as it was left, so that nobody else can read it. */
async function openPart(files: RemoteFiles, part: string, bytes: Buffer): Promise<Part> {
	const made = await files.create(part).catch(async (error: unknown) => {
		if (error instanceof Problem && error.code === 'sftp-refused' && await files.look(part)) {
			return undefined;
		}

		throw inTermsOf(part, error);
	});
	if (made) {
		await assertPrivate(files, part, made);
		return {handle: made, resumed: 0};
	}

	return await leftBehind(files, part, bytes) ?? await anew(files, part);
}

async function anew(files: RemoteFiles, part: string): Promise<Part> {
	await files.remove(part);
	const handle = await files.create(part);
	await assertPrivate(files, part, handle);
	return {handle, resumed: 0};
}

/** The part that an upload before has left, if it is a file with the right beginning. */
async function leftBehind(files: RemoteFiles, part: string, bytes: Buffer): Promise<Part | undefined> {
	const found = await files.look(part);
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
 * Sets the mode, and looks at what it is: a server may refuse to set it and have made the file with the right one. Rejects
 * with Problem `not-private`, before a byte is written, when others could read the file.
 */
async function assertPrivate(files: RemoteFiles, part: string, handle: Buffer): Promise<void> {
	await files.setMode(handle, 0o600).catch(() => undefined);
	const {mode} = await files.stats(handle);
	if (mode === undefined || (mode & 0o077) !== 0) {
		await files.close(handle);
		await files.remove(part);
		const found = mode === undefined ? 'does not tell who may read a file' : `makes files that others can read (mode ${(mode & 0o777).toString(8)}) and does not let that be changed`;
		throw new Problem('not-private', `The host ${found}. Nothing was written.`, 'Have its SSH server make files with mode 0600, or allow it to be set.');
	}
}

type Writing = {files: RemoteFiles; handle: Buffer; bytes: Buffer; progress: OnProgress};

/** Writes the rest, several pieces at once. Progress is what the host has confirmed. */
async function writeFrom(start: number, {files, handle, bytes, progress}: Writing): Promise<void> {
	let confirmed = start;
	let next = start;
	progress(confirmed);
	const writer = async () => {
		while (next < bytes.length) {
			const offset = next;
			next += piece;
			const part = bytes.subarray(offset, offset + piece);
			await files.write(handle, part, offset);
			confirmed += part.length;
			progress(confirmed);
		}
	};

	await Promise.all(Array.from({length: atOnce}, writer));
}

/** Reads the file back and compares. Rejects with Problem `not-equal`. */
async function assertWhole(files: RemoteFiles, handle: Buffer, {name, bytes}: LocalFile): Promise<void> {
	const {size} = await files.stats(handle);
	const there = size === bytes.length ? await readBack(files, handle, size) : Buffer.alloc(0);
	const isEqual = hashOf(there).equals(hashOf(bytes));
	there.fill(0);
	if (!isEqual) {
		throw new Problem('not-equal', `What was read back of ${name} is not what was written (${size} of ${bytes.length} bytes are there).`, 'Look at the disk of the host, then try again.');
	}
}

async function readBack(files: RemoteFiles, handle: Buffer, size: number): Promise<Buffer> {
	const bytes = Buffer.alloc(size);
	for (let offset = 0; offset < size; offset += piece) {
		await files.read(handle, bytes.subarray(offset, offset + piece), offset);
	}

	return bytes;
}

function hashOf(bytes: Buffer): Buffer {
	return createHash('sha256').update(bytes).digest();
}

/** Says of a lost connection what it leaves behind, and of a refusal what may be behind it. */
function inTermsOf(part: string, error: unknown): unknown {
	if (!(error instanceof Problem)) {
		return error;
	}

	return error.code === 'connection-lost'
		? new Problem(error.code, `${error.message} What had arrived is in ${part}, which only its owner can read.`, error.hint, {cause: error})
		: new Problem(error.code, error.message, error.hint || 'Check that the account may write there, and that there is room.', {cause: error});
}
