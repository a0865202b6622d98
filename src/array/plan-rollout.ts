// What comes before a rollout: the pair of each server is checked on all of them, side by side, before anything is changed.
import {randomUUID} from 'node:crypto';
import path from 'node:path';
import type {ArrayMember} from '../appliance/array.js';
import type {Layout} from '../appliance/layout.js';
import {hasServer} from '../appliance/roles.js';
import {readUpload, zeroizeUpload} from '../appliance/uploads.js';
import type {UploadedFile} from '../certificates/parse/uploaded-file.js';
import {sha256, type PairSource, type Site} from '../installation/change.js';
import {messageWithHint, Problem} from '../problem.js';
import {parseAnswer, type AskMember} from './channel.js';
import {managedArray} from './membership.js';
import {checkAnswer, sentPair, type PairCheck, type SentPair} from './pair-calls.js';
import type {Rollout, RolloutServer} from './stored-rollout.js';

/** The files of one pair: where they are read, on the manager. */
export type PairFiles = {certificate: string; key: string};

/** What a member answers to the check of its pair, or why it does not. */
export type CheckedServer = {member: ArrayMember; files: PairFiles; sources: Pick<RolloutServer, 'certificate' | 'key'>} & (
	| {check: PairCheck; problem?: undefined}
	| {check?: undefined; problem: string}
);

/** The members with a Tanium Server, in the array's order. Rejects with Problem `no-array`, `not-manager` or `no-tanium-server`. */
export async function serversOf(site: Site): Promise<ArrayMember[]> {
	const {name, members} = await managedArray(site);
	const servers = members.filter(({role}) => hasServer(role, 'Tanium Server'));
	if (servers.length === 0) {
		throw new Problem('no-tanium-server', `No member of the array ${name} has a Tanium Server.`, 'Add one: add array member HOST');
	}

	return servers;
}

/**
 * Has each of these members check its pair. One that does not answer, or whose files cannot be read, is in the result, too. Rejects with
 * what reading the files rejects with.
 */
export async function checkServers(
	{layout}: Pick<Site, 'layout'>,
	wanted: ReadonlyArray<{member: ArrayMember; files: PairFiles}>,
	ask: AskMember,
	overlap: boolean,
): Promise<CheckedServer[]> {
	return Promise.all(
		wanted.map(async ({member, files}) => {
			const {pair, sources} = await readPair(layout, files);
			try {
				return {member, files, sources, check: parseAnswer(checkAnswer, member, await ask(member, 'check', {pair, overlap}))};
			} catch (error) {
				return {member, files, sources, problem: messageWithHint(error)};
			}
		}),
	);
}

/** Why a rollout of these cannot begin: one sentence for each server. */
export function obstaclesIn(checked: readonly CheckedServer[]): string[] {
	return checked.flatMap(({member: {name}, check, problem}) => {
		const errors = check?.findings.filter(({severity}) => severity === 'error').map(({id}) => id) ?? [];
		const why = problem ?? (errors.length > 0 ? `Errors above: ${errors.join(', ')}.` : check?.problem);
		return why === null || why === undefined ? [] : [`${name}: ${why}`];
	});
}

/** Reads both files of a pair, and what they are. Rejects with Problem `no-file` when one is not there or cannot be read. */
async function readPair(layout: Layout, files: PairFiles): Promise<{pair: SentPair; sources: CheckedServer['sources']}> {
	const [certificate, key] = await Promise.all([readPart(layout, files.certificate), readPart(layout, files.key)]);
	const sources = {certificate: sourceOf(files.certificate, certificate), key: sourceOf(files.key, key)};
	const pair = sentPair(certificate, key);
	zeroizeUpload(key);
	return {pair, sources};
}

/** The folder of uploads must not be a link, which an SFTP user might have made. */
async function readPart({incoming}: Layout, file: string): Promise<UploadedFile & {state: 'read'}> {
	const found = await readUpload(file, {followsFolder: path.dirname(file) !== incoming});
	if (found.state !== 'read') {
		throw new Problem('no-file', `${file}: ${reasons[found.state]}.`, 'Name a file with a certificate, and one with its key.');
	}

	return found;
}

const reasons = {
	missing: 'there is no such file',
	unreadable: 'it cannot be read',
	symlink: 'it is a symbolic link, which is not followed',
	'not-file': 'it is not a file',
	'too-big': 'it is too big for a certificate or a key',
} as const;

function sourceOf(file: string, {bytes}: {bytes: Buffer}): PairSource {
	return {file, sha256: sha256(bytes)};
}

/** The pair of a server of a stored rollout. Rejects with Problem `no-file` or `files-changed`. */
export async function readAgain(layout: Layout, {certificate, key}: Pick<RolloutServer, 'certificate' | 'key'>): Promise<SentPair> {
	const {pair, sources} = await readPair(layout, {certificate: certificate.file, key: key.file});
	const changed = [certificate, key].filter((source, index) => source.sha256 !== [sources.certificate, sources.key][index]!.sha256);
	if (changed.length > 0) {
		throw new Problem(
			'files-changed',
			`Not the file that was checked when the rollout began: ${changed.map(({file}) => file).join(', ')}.`,
			'Put it back, then: soap rollout --resume',
		);
	}

	return pair;
}

/** The rollout of pairs that all their servers accept. */
export function rolloutOf(
	checked: readonly CheckedServer[],
	options: Pick<Rollout, 'id' | 'user' | 'from' | 'onFailure' | 'isCompromised'>,
): Rollout {
	return {...options, isUndoing: false, ended: null, servers: checked.map(one => serverOf(one))};
}

function serverOf({member: {name}, sources, check}: CheckedServer): RolloutServer {
	return {
		name,
		...sources,
		operation: randomUUID(),
		undoOperation: randomUUID(),
		old: check?.old?.fingerprint ?? null,
		new: check?.new?.fingerprint ?? '',
		moduleServer: check?.moduleServer ?? '',
		isOrdered: false,
		answer: null,
		undone: null,
		problem: null,
	};
}
