// Tanium's documentation asks to delete other copies of the key once it is on the appliance.
import {rm} from 'node:fs/promises';
import {zeroizeUpload, readUpload} from '../../appliance/uploads.js';
import {Problem, messageOf} from '../../problem.js';

/** Deletes the local key, if it is still the uploaded one. Rejects with Problem `key-not-deleted`. */
export async function deleteKey(file: string, uploaded: Buffer): Promise<void> {
	try {
		const found = await readUpload(file, {followsFolder: true});
		const isSame = found.state === 'read' && found.bytes.equals(uploaded);
		zeroizeUpload(found);
		if (!isSame) {
			throw new Problem(
				'key-not-deleted',
				`${file} has changed since it was uploaded, so it was not deleted.`,
				'Check it, then delete it yourself.',
			);
		}

		await rm(file);
	} catch (error) {
		throw error instanceof Problem
			? error
			: new Problem('key-not-deleted', `${file} could not be deleted. ${messageOf(error)}`, 'Delete it yourself.', {cause: error});
	}
}
