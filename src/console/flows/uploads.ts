import path from 'node:path';
import {savedRequests} from '../../appliance/requests.js';
import {zeroizeUpload} from '../../appliance/uploads.js';
import type {UploadedPair} from '../../certificates/conversion/conversion.js';
import {sanitise} from '../../sanitise.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {sha256, type PairSource} from '../../installation/change.js';
import type {Target} from '../../installation/target.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {forExample, sftpExample} from '../client-examples.js';
import {candidatesFor, candidatesIn, type Candidate} from './candidates.js';
import {readIncoming} from './read-incoming.js';

/** The two files to install, what they are to replace, and the files on disk that each of them came from. */
export type Uploads = UploadedPair & {target: Target; origins: {certificate: PairSource[]; key: PairSource[]}};

/** All files on disk that the pair came from. */
export function sourcesOf({origins: {certificate, key}}: Uploads): PairSource[] {
	return [...certificate, ...key];
}

/**
 * Reads both files from /incoming. When there is no certificate with the usual name but other files that may be one, asks which one to
 * use. The caller zeroizes the files.
 */
export async function readUploads(conversation: Conversation, session: ConsoleSession, target: Target): Promise<Uploads> {
	const uploads = await conversation.step('Read both files from /incoming', async () => readUsualUploads(session, target));
	return chooseInPlace(conversation, session, 'certificate', uploads);
}

/** The names of files in /incoming that are used in place of the usual ones. */
export type UploadNames = {certificate?: string; key?: string};

/** Reads the two files of a pair from /incoming by their usual names, or by others. Either may be missing. */
export async function readUsualUploads(session: ConsoleSession, target: Target, names: UploadNames = {}): Promise<Uploads> {
	const [certificate, key] = await Promise.all([
		readIncoming(session, names.certificate ?? target.uploadNames.certificate),
		readIncoming(session, names.key ?? target.uploadNames.key),
	]);
	return {target, certificate, key, origins: {certificate: originOf(session, certificate), key: originOf(session, key)}};
}

/** Offers other files of /incoming in place of a missing one. Resolves with the same uploads when none is found or chosen. */
export async function chooseInPlace(
	conversation: Conversation,
	session: ConsoleSession,
	which: 'certificate' | 'key',
	uploads: Uploads,
): Promise<Uploads> {
	const all = uploads[which].state === 'missing' ? candidatesFor(which, await candidatesIn(session, uploads.target)) : [];
	const found = all.filter(({name}) => name !== uploads.certificate.name && name !== uploads.key.name);
	if (found.length === 0) {
		return uploads;
	}

	const wanted = uploads.target.uploadNames[which];
	conversation.print(
		`/incoming has no ${wanted}, but other files that may hold the ${which === 'key' ? 'private key' : which}.`,
		'warning',
	);
	const name = await conversation.choose(
		`Line number of the file to use as ${wanted}, or R for none:`,
		found.map(({name, holds}, index) => ({key: String(index + 1), label: `${sanitise(name)}: ${holds}`, value: name})),
	);
	if (name === undefined) {
		return uploads;
	}

	const chosen = await readIncoming(session, name);
	return {...uploads, [which]: chosen, origins: {...uploads.origins, [which]: originOf(session, chosen)}};
}

/** Zeroizes the bytes of both files: a certificate file may be a bundle with the key in it. */
export function zeroizeUploads({certificate, key}: UploadedPair): void {
	zeroizeUpload(certificate);
	zeroizeUpload(key);
}

/** Where a file of /incoming lies, and its SHA-256; empty when it was not read. */
export function originOf({layout}: ConsoleSession, file: UploadedFile): PairSource[] {
	return file.state === 'read' ? [{file: path.join(layout.incoming, file.name), sha256: sha256(file.bytes)}] : [];
}

/** Prints whether both files are present, and otherwise how to upload them. */
export async function printWhatIsThere(conversation: Conversation, session: ConsoleSession, target: Target): Promise<void> {
	const {uploadNames} = target;
	const uploads = {certificate: await readIncoming(session, uploadNames.certificate), key: await readIncoming(session, uploadNames.key)};
	zeroizeUploads(uploads);
	const missing = [uploads.certificate, uploads.key].filter(({state}) => state === 'missing').map(({name}) => name);
	if (missing.length === 0) {
		conversation.print(`/incoming holds ${uploadNames.certificate} and ${uploadNames.key}.`);
		return;
	}

	const others = describeOthers(uploads.certificate.state === 'missing' ? 'certificate' : 'key', await candidatesIn(session, target));
	conversation.print(`/incoming lacks ${missing.join(' and ')}. ${others}`.trim(), 'warning');
	if (uploads.certificate.state !== 'missing' && (await savedRequests(session.layout)).length > 0) {
		conversation.print('If the certificate was issued for a saved request, its key is found automatically.');
	} else {
		printUploadHelp(conversation, session, target);
	}
}

function describeOthers(which: 'certificate' | 'key', others: readonly Candidate[]): string {
	const useful = candidatesFor(which, others).length > 0 ? ' One of them can be chosen in its place.' : '';
	const shown = others.slice(0, 5).map(({name, holds}) => `${sanitise(name)} (${holds})`);
	return shown.length === 0 ? '' : `It holds: ${shown.join(', ')}.${useful}`;
}

/** Prints how to upload both files to this appliance. */
export function printUploadHelp(conversation: Conversation, session: ConsoleSession, {uploadNames}: Target): void {
	const {name, ports} = session.identity;
	conversation.print(
		[
			`Upload both by SFTP as the user tancopy, ${forExample(session)}:`,
			...sftpExample(session, `put ${uploadNames.certificate} /incoming/`, `put ${uploadNames.key} /incoming/`),
			`Host ${name}, port ${ports.ssh}, user tancopy, folder /incoming. Then delete other copies of the key.`,
		].join('\n'),
	);
}
