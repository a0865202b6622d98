// Which sandboxes this user has on this machine. A stopped sandbox listens on nothing, and still a new one must not get its address and
// ports: then one of the two could not start.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import {replaceFile} from './atomic-file.js';
import {readIdentity, type Identity} from './identity.js';
import {layoutOf} from './layout.js';
import {formatStored, parseStored} from './stored-json.js';
import {userFolder} from './user-folder.js';

type Place = Pick<Identity, 'address' | 'ports'>;

const recordSchema = v.object({roots: v.array(v.string())});

/** The addresses and ports of the sandboxes that are recorded and still exist. Called under the lock of the ports. */
export async function takenPlaces(): Promise<Place[]> {
	return [...(await recordedSandboxes()).values()];
}

/** Records the sandbox in this folder, and forgets those that no longer exist. Called under the lock of the ports. */
export async function recordSandbox(root: string): Promise<void> {
	const file = recordFile();
	if (file !== undefined) {
		const roots = new Set([...(await recordedSandboxes()).keys(), root]);
		// Such as on a full disk. What is not recorded is only not known while it is stopped.
		await replaceFile(file, formatStored({roots: [...roots]}), 0o600).catch(() => undefined);
	}
}

async function recordedSandboxes(): Promise<Map<string, Place>> {
	const places = new Map<string, Place>();
	for (const root of await recordedRoots()) {
		try {
			places.set(root, await readIdentity(layoutOf(root)));
		} catch {
			// It was removed.
		}
	}

	return places;
}

async function recordedRoots(): Promise<string[]> {
	try {
		return parseStored(await readFile(recordFile()!, 'utf8'), recordSchema).roots;
	} catch {
		return []; // None is recorded yet, or the file is damaged.
	}
}

function recordFile(): string | undefined {
	const folder = userFolder();
	return folder === undefined ? undefined : path.join(folder, 'sandboxes.json');
}
