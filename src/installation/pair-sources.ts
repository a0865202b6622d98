import {unlink} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import type {Layout} from '../appliance/layout.js';
import {zeroizeUpload, readUpload} from '../appliance/uploads.js';
import type {UploadedFile} from '../certificates/parse/uploaded-file.js';
import {Problem} from '../problem.js';
import {sha256, type Change, type PairSource} from './change.js';
import type {PairBytes} from './pair-bytes.js';
import {pairIn, type Target} from './target.js';

/** Where a pair comes from that was uploaded as it is. */
export function uploadSources({incoming}: Layout, target: Target, {certificate, key}: PairBytes): PairSource[] {
	const files = pairIn(incoming, target);
	return [
		{file: files.certificate, sha256: sha256(certificate)},
		{file: files.key, sha256: sha256(key)},
	];
}

/** Removes the files that an installed pair came from, unless somebody has put others in their places since. */
export async function removeSources({origins}: Pick<Change, 'origins'>): Promise<void> {
	for (const {file, sha256: expected} of origins) {
		const found = await readUnlessUploading(file);
		if (found?.state === 'read' && sha256(found.bytes) === expected) {
			await ifPresent(async () => unlink(file));
		}

		if (found) {
			zeroizeUpload(found);
		}
	}
}

/** A file that is being uploaded, or that a link leads to since then, is another one already. */
async function readUnlessUploading(file: string): Promise<UploadedFile | undefined> {
	try {
		return await readUpload(file);
	} catch (error) {
		if (error instanceof Problem && ['still-uploading', 'folder-is-link'].includes(error.code)) {
			return undefined;
		}

		throw error;
	}
}
