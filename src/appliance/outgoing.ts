import path from 'node:path';
import {createFile, syncFolder} from './atomic-file.js';
import type {Layout} from './layout.js';
import {assertSharedFolder} from './links.js';
import {readUpload} from './uploads.js';
import {hasCode} from '../problem.js';

/**
 * Leaves what is public in /outgoing, never over another file. Resolves with its name there: a name that is taken gets a
 * number, unless the same bytes are there already. Rejects with Problem `folder-is-link`.
 */
export async function leaveInOutgoing(layout: Layout, name: string, bytes: Uint8Array | string): Promise<string> {
	await assertSharedFolder(layout.outgoing);
	const {name: stem, ext} = path.parse(name);
	for (let attempt = 1; ; attempt++) {
		const free = attempt === 1 ? name : `${stem}-${attempt}${ext}`;
		try {
			await createFile(path.join(layout.outgoing, free), bytes, 0o644);
			await syncFolder(layout.outgoing);
			return free;
		} catch (error) {
			if (!hasCode(error, 'EEXIST')) {
				throw error;
			}

			if (await holds(path.join(layout.outgoing, free), bytes)) {
				return free;
			}
		}
	}
}

async function holds(file: string, bytes: Uint8Array | string): Promise<boolean> {
	const found = await readUpload(file);
	return found.state === 'read' && found.bytes.equals(Buffer.from(bytes));
}
