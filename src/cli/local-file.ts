// Files of the operator's own machine. Links and pipes are followed here: nobody else can place them, unlike those in /incoming.
import {open, realpath, stat} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {readUpload} from '../appliance/uploads.js';
import {maxFileBytes, type UploadedFile} from '../certificates/parse/uploaded-file.js';
import {hasCode} from '../problem.js';

/** Reads a local file, `-` for standard input, or a pipe such as `<(...)`. The mode of a file matters in /incoming only. */
export async function readLocal(file: string, maxBytes = maxFileBytes): Promise<UploadedFile> {
	const upload = await readFollowing(file, maxBytes);
	const own = {...upload, name: file === '-' ? 'stdin' : path.basename(file), isLocal: true};
	return own.state === 'read' ? {...own, mode: 0o600, links: 1} : own;
}

async function readFollowing(file: string, maxBytes: number): Promise<UploadedFile> {
	try {
		if (file === '-' || !(await isRegular(file))) {
			return await readStream(file, maxBytes);
		}

		return await readUpload(await realpath(file), {maxBytes, followsFolder: true});
	} catch (error) {
		if (hasCode(error, 'EACCES', 'EPERM')) {
			return {name: file, state: 'unreadable'};
		}

		if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) {
			throw error;
		}

		return readUpload(file, {maxBytes, followsFolder: true}); // Says what is there instead.
	}
}

/** Folders and sockets count as regular, because reading them as a file says what they are. */
async function isRegular(file: string): Promise<boolean> {
	const stats = await stat(file);
	return !stats.isFIFO() && !stats.isCharacterDevice();
}

async function readStream(file: string, maxBytes: number): Promise<UploadedFile> {
	const chunks: Buffer[] = [];
	let size = 0;
	const stream = file === '-' ? process.stdin : (await open(file)).createReadStream();
	for await (const chunk of stream) {
		chunks.push(chunk as Buffer);
		size += (chunk as Buffer).length;
		if (size > maxBytes) {
			return {name: file, state: 'too-big', size};
		}
	}

	return {name: file, state: 'read', bytes: Buffer.concat(chunks), links: 1, mode: 0o600};
}
