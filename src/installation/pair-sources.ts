import {unlink} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import path from 'node:path';
import {certificateName, keyName, type Layout} from '../appliance/layout.js';
import {zeroizeUpload, readUpload} from '../appliance/uploads.js';
import type {UploadedFile} from '../certificates/parse/uploaded-file.js';
import {Problem} from '../problem.js';
import {sha256, type Change, type PairSource, type PairBytes} from './change.js';

/** Where a pair comes from that was uploaded as it is. */
export function uploadSources({incoming}: Layout, {certificate, key}: PairBytes): PairSource[] {
	return [
		{file: path.join(incoming, certificateName), sha256: sha256(certificate)},
		{file: path.join(incoming, keyName), sha256: sha256(key)},
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
