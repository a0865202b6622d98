// Requests made in the appliance, and their keys. The keys never leave it: only the request goes to the CA, and the certificate
// that comes back finds its key here.
import {mkdir, readFile, readdir, rm, unlink} from 'node:fs/promises';
import path from 'node:path';
import {createFile, syncFolder} from './atomic-file.js';
import type {Layout} from './layout.js';
import {stamp} from './stamp.js';
import {readRequest, describeRequest, type RequestDescription} from '../certificates/parse/request-file.js';
import {ifPresent} from '../if-present.js';
import {hasCode, Problem} from '../problem.js';

export type SavedRequest = {
	/** The first name and the moment it was made, as `ts1.example.com-20261123-224800`. */
	id: string;
	words: RequestDescription;
	/** The file of its private key, mode 0600. */
	keyFile: string;
	/** The request itself in PEM. */
	request: Buffer;
};

const keyName = 'request.key';
const requestName = 'request.csr';

/** Saves a request and its key, synced. Rejects with the system's error, and then leaves nothing behind. */
export async function saveRequest(layout: Layout, name: string, made: {request: string; key: Buffer}, now: Date): Promise<SavedRequest> {
	await mkdir(layout.requests, {recursive: true, mode: 0o700});
	const id = await newFolder(layout, `${name.replaceAll(':', '_')}-${stamp(now)}`);
	const folder = path.join(layout.requests, id);
	try {
		await createFile(path.join(folder, requestName), made.request, 0o644);
		await createFile(path.join(folder, keyName), made.key, 0o600); // Last: a folder counts once its key is there.
		await syncFolder(folder);
		await syncFolder(layout.requests);
	} catch (error) {
		await rm(folder, {recursive: true, force: true});
		throw error;
	}

	return {
		id,
		request: Buffer.from(made.request),
		words: describeRequest(readRequest(Buffer.from(made.request))),
		keyFile: path.join(folder, keyName),
	};
}

/** All requests whose key is still here, the newest first. One that cannot be read is left out; `damagedRequests` names it. */
export async function savedRequests(layout: Layout): Promise<SavedRequest[]> {
	const all = await Promise.all((await idsIn(layout)).map(async id => saved(layout, id)));
	return all.filter(request => request !== undefined).toSorted((one, other) => timeOf(other.id).localeCompare(timeOf(one.id)));
}

/** The folders of requests whose key is here, but which cannot be read. */
export async function damagedRequests(layout: Layout): Promise<string[]> {
	const ids = await idsIn(layout);
	const found = await Promise.all(ids.map(async id => saved(layout, id)));
	return ids.filter((_, index) => found[index] === undefined).map(id => path.join(layout.requests, id));
}

/** Removes a request and its key for good, the key first. */
export async function removeRequest(layout: Layout, {id, keyFile}: SavedRequest): Promise<void> {
	await ifPresent(async () => unlink(keyFile));
	await rm(path.join(layout.requests, id), {recursive: true, force: true});
	await syncFolder(layout.requests);
}

async function newFolder(layout: Layout, wanted: string): Promise<string> {
	for (let attempt = 1; ; attempt++) {
		const id = attempt === 1 ? wanted : `${wanted}-${attempt}`;
		try {
			await mkdir(path.join(layout.requests, id), {mode: 0o700});
			return id;
		} catch (error) {
			if (!hasCode(error, 'EEXIST')) {
				throw error;
			}
		}
	}
}

/** The folders that hold a key. One whose key was installed holds only the request and no longer counts. */
async function idsIn(layout: Layout): Promise<string[]> {
	const entries = (await ifPresent(async () => readdir(layout.requests, {recursive: true}))) ?? [];
	return entries.filter(entry => path.basename(entry) === keyName).map(entry => path.dirname(entry));
}

async function saved(layout: Layout, id: string): Promise<SavedRequest | undefined> {
	const folder = path.join(layout.requests, id);
	try {
		const request = await readFile(path.join(folder, requestName));
		return {id, request, words: describeRequest(readRequest(request)), keyFile: path.join(folder, keyName)};
	} catch (error) {
		if (error instanceof Problem || hasCode(error, 'ENOENT')) {
			return undefined;
		}

		throw error;
	}
}

function timeOf(id: string): string {
	return /\d{8}-\d{6}(?:-\d+)?$/.exec(id)?.[0] ?? '';
}
