// Files of /incoming that may take the place of a missing one, or hold the chain of a certificate that came without it.
import {uploadsIn, zeroizeUpload} from '../../appliance/uploads.js';
import {summarise, type FileSummary, type Use} from '../../certificates/describe/file-summary.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {soap, type Target} from '../../installation/target.js';
import {Problem} from '../../problem.js';
import type {ConsoleSession} from '../environment.js';
import {readIncoming} from './read-incoming.js';

export type Candidate = FileSummary & {name: string};

/** How many files are looked into. */
const most = 64;

/**
 * The files of /incoming that may be a part of this pair though they are called otherwise, with what they hold, in the order of their
 * names. What is called as the Tanium Server's pair is for no other one.
 */
export async function candidatesIn(session: ConsoleSession, target: Target): Promise<Candidate[]> {
	const taken = [soap, target].flatMap(({uploadNames}) => Object.values(uploadNames));
	const names = (await uploadsIn(session.layout.incoming)).filter(name => !taken.includes(name));
	const candidates: Candidate[] = [];
	for (const name of names.slice(0, most)) {
		const file = await readComplete(session, name); // One after the other, because each may be a key.
		if (file?.state === 'read') {
			candidates.push({name, ...summarise(name, file.bytes, session.now())});
			zeroizeUpload(file);
		}
	}

	return candidates;
}

/** Those for one use. Certificates of servers come before those of authorities, which are offered only if there are no others. */
export function candidatesFor(use: Use, candidates: readonly Candidate[]): Candidate[] {
	const fitting = candidates.filter(({uses}) => uses.includes(use));
	const proper = use === 'certificate' ? fitting.filter(({uses}) => uses[0] === use) : fitting;
	return proper.length > 0 ? proper : fitting;
}

/** Undefined for a file whose upload has not come to an end. */
async function readComplete(session: ConsoleSession, name: string): Promise<UploadedFile | undefined> {
	try {
		return await readIncoming(session, name);
	} catch (error) {
		if (error instanceof Problem && error.code === 'still-uploading') {
			return undefined;
		}

		throw error;
	}
}
