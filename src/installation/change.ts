import type {PairBytes} from './pair-bytes.js';
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {Identity} from '../appliance/identity.js';
import type {Layout, TargetName} from '../appliance/layout.js';
import type {By} from '../appliance/by.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {presentedChain} from '../certificates/parse/presented-chain.js';
import {hasCode, Problem} from '../problem.js';
import type {Services, UnitName} from '../services/service.js';
import type {HostTarget} from './host-target.js';
import type {RemoteModuleServer} from './module-server.js';
import {installedFiles, soap, targetOf, type Attributes, type PairFiles, type Target} from './target.js';

/** The appliance on which a pair is replaced. */
export type Site = {
	layout: Layout;
	identity: Identity;
	services: Services;
	/** Present when the Module Server is on another appliance. */
	moduleServer?: RemoteModuleServer;
};

/** How far a change has come. Each phase is in the journal, synced, before anything of it happens. */
export const phases = ['PREPARING', 'PUBLISHED', 'PREPARED', 'SWITCHING', 'SWITCHED', 'RETIRING', 'ROLLING_BACK', 'COMMITTED'] as const;
export type Phase = (typeof phases)[number];

/** SHA-256 of the files' bytes, in hex, and the fingerprints of the certificates that a server with them presents. */
export type PairDigest = {certificate: string; key: string; chainFile?: string | undefined; leaf: string; chain: string[]};

/** A file that held a part of the new pair, by its path, and the SHA-256 of its bytes in hex. */
export type PairSource = {file: string; sha256: string};

/** One replacement of the pair: what the journal holds while it is under way. Never holds key bytes. */
export type Change = {
	/** When it began, as `20261123-224800`, with a number behind it when there is such a change already; names its backups. */
	id: string;
	user: string;
	/** Where the user was: `console`, or an address. Absent in the journal of an earlier release. */
	from?: string | undefined;
	/** Which pair is replaced; absent: the Tanium Server's. */
	target?: TargetName | undefined;
	/** The target of a host, as it was described when the change began; absent on an appliance. */
	host?: HostTarget | undefined;
	/** The units that a stop of the service takes down with it, and others that use the same files; they are started again after it. */
	units?: UnitName[] | undefined;
	/** The backup that is put back; absent for a pair from elsewhere. */
	restores?: string | undefined;
	/** The id under which another appliance ordered it; absent when nobody did. */
	operation?: string | undefined;
	phase: Phase;
	old: PairDigest;
	new: PairDigest;
	/** Whether the server ran before; if not, undoing the change does not start it. */
	wasRunning: boolean;
	/** The names of the backup in /outgoing. */
	backup: string[];
	/** SHA-256 in hex of the encrypted key in /outgoing; absent when the key is copied as it is. */
	encryptedKey?: string | undefined;
	/**
	 * Present when the Module Server trusts both certificates while the pair is replaced, so that no connection is lost. `worked`: the numbers
	 * of the connections (Figure 2) that worked before and must work afterwards; `wasTrusted`: whether trusted.crt held the new certificate.
	 */
	overlap?: {worked: number[]; wasTrusted: boolean} | undefined;
	/** The owner and mode of the old files, where a target may have the new ones differ. */
	oldAttributes?: Partial<Record<keyof PairFiles, Attributes>> | undefined;
	/** Where the new pair came from: copies that are removed once it is installed. */
	origins: PairSource[];
};

/** Who began a change, and from where; the journal of an earlier release does not say from where. */
export function byOf({user, from = ''}: Change): By {
	return {user, from};
}

/** Which of the change's pairs is in place. `unknown`: at least one file is neither the old nor the new one. */
export type Found = 'old' | 'new' | 'mixed' | 'unknown';

/** Reads the pair that is in place, by default the Tanium Server's. Rejects with Problem `no-installed-pair` when a file is missing. */
export async function readInstalled(layout: Layout, target: Target = soap): Promise<PairBytes> {
	try {
		return await readPair(installedFiles(layout, target));
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			throw new Problem(
				'no-installed-pair',
				`${Object.values(installedFiles(layout, target)).join(' and ')} are not both there.`,
				`Put the missing file back from a backup in ${layout.backups} first: without the old pair nothing could be undone.`,
				{cause: error},
			);
		}

		throw error;
	}
}

/** Reads the files. One that holds both is read once, so that its bytes are zeroed with the key's. Rejects with the system's error. */
export async function readPair({certificate, key, chainFile}: PairFiles): Promise<PairBytes> {
	const bytes = await readFile(certificate);
	const others = chainFile === undefined ? {} : {chainFile: await readFile(chainFile)};
	return {certificate: bytes, key: key === certificate ? bytes : await readFile(key), ...others};
}

/** What a server with this pair reads its certificates from. */
export function certificatesOf({certificate, chainFile}: PairBytes): Buffer {
	return chainFile ? Buffer.concat([certificate, Buffer.from('\n'), chainFile]) : certificate;
}

/** Digests of these bytes. A certificate file that cannot be read as PEM has the leaf `unreadable` and no chain. */
export function digestOf(pair: PairBytes): PairDigest {
	const chain = chainOf(certificatesOf(pair));
	const {certificate, key, chainFile} = pair;
	return {
		certificate: sha256(certificate),
		key: sha256(key),
		...(chainFile && {chainFile: sha256(chainFile)}),
		leaf: chain[0] ?? 'unreadable',
		chain,
	};
}

const fileParts = ['certificate', 'key', 'chainFile'] as const;

/** Whether both digests are of the same files. */
export function isSame(one: PairDigest, other: PairDigest): boolean {
	return fileParts.every(part => one[part] === other[part]);
}

/** Looks which of the change's pairs is in place now. */
export async function findInstalled(layout: Layout, change: Change): Promise<Found> {
	const digest = await installedDigest(layout, targetOf(change));
	if (!digest) {
		return 'unknown';
	}

	if (isSame(digest, change.old)) {
		return 'old';
	}

	if (isSame(digest, change.new)) {
		return 'new';
	}

	return fileParts.every(part => digest[part] === change.old[part] || digest[part] === change.new[part]) ? 'mixed' : 'unknown';
}

/** Digests of what is in place, or undefined when a file is missing. */
export async function installedDigest(layout: Layout, target: Target): Promise<PairDigest | undefined> {
	try {
		const bytes = await readInstalled(layout, target);
		const digest = digestOf(bytes);
		bytes.key.fill(0);
		return digest;
	} catch (error) {
		if (error instanceof Problem) {
			return undefined;
		}

		throw error;
	}
}

/** SHA-256 of these bytes in hex. */
export function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}

function chainOf(certificate: Buffer): string[] {
	try {
		return presentedChain(certificate).map(der => fingerprintOf(der));
	} catch {
		return [];
	}
}
