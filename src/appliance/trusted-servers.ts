// trusted.crt: the certificates of the Tanium Servers that the Module Server trusts. Whose each one is stands in tanium-servers.json, so
// that a registration replaces the certificates of one server and keeps those of all others. A certificate that is published before it
// is used has a lease: the Module Server ignores it once the lease has ended, whoever has died in the meantime.
import {readFile, stat} from 'node:fs/promises';
import * as v from 'valibot';
import {normalHost} from '../certificates/parse/host-names.js';
import {certificatesIn, fingerprintOf, toPem} from '../certificates/parse/pem.js';
import {ifPresent} from '../if-present.js';
import {messageOf, Problem} from '../problem.js';
import {replaceFile} from './atomic-file.js';
import {addressOf} from './hosts.js';
import type {Layout} from './layout.js';
import {lockFile} from './lock.js';
import {describePlace, readRegisteredServers, writeRegisteredServers, type Place, type RegisteredServer} from './server-places.js';
import {formatStored, parseStored} from './stored-json.js';

/** Until when a published certificate is trusted, by its SHA-256 fingerprint. */
export type Leases = Readonly<Record<string, Date>>;

/** What trusted.leases.json says: the leases, and for whom each certificate was published, also once it has no lease any more. */
type Published = {leases: Leases; owners: Readonly<Record<string, Place>>};

const publishedSchema = v.object({
	leases: v.record(v.string(), v.pipe(v.string(), v.isoTimestamp())),
	// Absent in a file of an earlier release.
	owners: v.optional(v.record(v.string(), v.object({name: v.string(), port: v.number()})), {}),
});

/** How long a published certificate is trusted if it is not presented in the meantime, in milliseconds. */
export const leaseMs = 15 * 60_000;

/** The leases in a file's text. Throws a TypeError as parseStored() does. */
export function leasesIn(text: string): Leases {
	return publishedIn(text).leases;
}

function publishedIn(text: string): Published {
	const {leases, owners} = parseStored(text, publishedSchema);
	return {leases: Object.fromEntries(Object.entries(leases).map(([sha256, until]) => [sha256, new Date(until)])), owners};
}

/** How many certificates may be published for one server. One replacement needs one. */
const mostPublished = 8;

/**
 * Adds a certificate (DER) of the Tanium Server at a place to trusted.crt with a lease that ends at `until`; resolves with false, and adds
 * nothing, when it is in the file for good. Rejects with Problem `too-many-published`. All functions of this file reject with Problem
 * `trust-unreadable` or `places-unreadable`, or with the system's error.
 */
export async function publishCertificate(layout: Layout, place: Place, certificate: Buffer, until: Date): Promise<boolean> {
	await using _lock = await lockFile(layout, layout.trustedTaniumServers);
	const {listed, leases, owners} = await read(layout);
	const sha256 = fingerprintOf(certificate);
	if (listed.has(sha256) && leases[sha256] === undefined) {
		return false;
	}

	const others = publishedFor({leases, owners}, place).filter(one => one !== sha256 && leases[one] !== undefined);
	if (others.length >= mostPublished) {
		throw new Problem(
			'too-many-published',
			`${others.length} certificates are published for ${describePlace(place)} already.`,
			`Each ends at most ${leaseMs / 60_000} minutes after it was published.`,
		);
	}

	const published = {leases: {...leases, [sha256]: until}, owners: {[sha256]: ownOf(place), ...owners}};
	await writePublished(layout, published); // First: a certificate is never without its lease.
	await writeListed(layout, listed.set(sha256, certificate));
	return true;
}

/**
 * Removes a certificate that was published for the Tanium Server at a place, unless that server was registered with it in the meantime,
 * which ends its lease. The lease may have ended otherwise, too.
 */
export async function withdrawCertificate(layout: Layout, place: Place, sha256: string): Promise<void> {
	await using _lock = await lockFile(layout, layout.trustedTaniumServers);
	const {listed, servers, ...published} = await read(layout);
	const isLeased = published.leases[sha256] !== undefined;
	const isRegistered = servers?.some(({certificates}) => certificates.includes(sha256)) ?? false;
	if (publishedFor(published, place).includes(sha256) && (isLeased || !isRegistered)) {
		listed.delete(sha256);
		await writeListed(layout, listed);
		await writePublished(layout, without(published, sha256));
	}
}

/** Ends the lease of a certificate that the holder of its key has presented: it stays. */
export async function keepCertificate(layout: Layout, sha256: string): Promise<void> {
	await using _lock = await lockFile(layout, layout.trustedTaniumServers);
	const {leases, owners} = await read(layout);
	if (leases[sha256] !== undefined) {
		await writePublished(layout, {leases: without({leases, owners}, sha256).leases, owners});
	}
}

/** Removes the certificates whose lease has ended; one that belongs to a registered server by now stays, without its lease. */
export async function removeEnded(layout: Layout, now: Date): Promise<void> {
	await using _lock = await lockFile(layout, layout.trustedTaniumServers);
	const {listed, servers = [], ...published} = await read(layout);
	const {leases} = published;
	const owned = new Set(servers.flatMap(({certificates}) => certificates));
	const ended = Object.keys(leases).filter(sha256 => leases[sha256]! <= now);
	if (ended.length > 0) {
		for (const sha256 of ended.filter(one => !owned.has(one))) {
			listed.delete(sha256);
		}

		await writeListed(layout, listed);
		await writePublished(layout, without(published, ...ended));
	}
}

/**
 * Makes this certificate (DER) the only one that trusted.crt holds for the Tanium Server at this place, also of those that were published
 * for it. Those of other servers, and those that belong to nobody, stay; without a record of registrations, as in an appliance of an
 * earlier release, all are taken for this server's.
 */
export async function trustServer(layout: Layout, place: Place, certificate: Buffer): Promise<void> {
	await using _lock = await lockFile(layout, layout.trustedTaniumServers);
	const {listed, servers, ...published} = await read(layout);
	const sha256 = fingerprintOf(certificate);
	const own = ownOf(place);
	const {same, others, position} = await separate(layout, servers ?? [], own);
	const pending = publishedFor(published, own);
	const previous = servers ? [...same.flatMap(({certificates}) => certificates), ...pending] : [...listed.keys()];
	const write = async (certificates: string[]) => writeRegisteredServers(layout, others.toSpliced(position, 0, {...own, certificates}));
	await write([...new Set([...previous, sha256])]); // Both while the file is changed, so that no certificate is left without an owner.
	await writePublished(layout, without(published, sha256)); // Before it is the only one: a lease must not outlive its reason.
	const ofOthers = others.flatMap(({certificates}) => certificates);
	for (const retired of previous.filter(one => !ofOthers.includes(one))) {
		listed.delete(retired);
	}

	await writeListed(layout, listed.set(sha256, certificate));
	await write([sha256]);
	if (pending.some(one => one !== sha256)) {
		await writePublished(layout, without(published, sha256, ...pending));
	}
}

/** The fingerprints of what was published for the Tanium Server at this place. */
function publishedFor({owners}: Published, place: Place): string[] {
	return Object.keys(owners).filter(sha256 => describePlace(owners[sha256]!) === describePlace(ownOf(place)));
}

/** The place as it is stored. */
function ownOf({name, port}: Place): Place {
	return {name: normalHost(name), port};
}

type Separated = {
	/** Records of this server, which may have been registered by another name of the same address as well. */
	same: RegisteredServer[];
	others: RegisteredServer[];
	/** Where among the others its record belongs. */
	position: number;
};

async function separate(layout: Layout, servers: readonly RegisteredServer[], place: Place): Promise<Separated> {
	const address = await addressOf(layout, place.name);
	const addresses = await Promise.all(servers.map(async ({name}) => addressOf(layout, name)));
	const isSame = ({name, port}: Place, index: number) => name === place.name || (port === place.port && addresses[index] === address);
	const first = servers.findIndex((one, index) => isSame(one, index));
	return {
		same: servers.filter((one, index) => isSame(one, index)),
		others: servers.filter((one, index) => !isSame(one, index)),
		position: first === -1 ? servers.length : first,
	};
}

type Read = {
	/** What trusted.crt holds, as DER, by fingerprint. */
	listed: Map<string, Buffer>;
	servers: RegisteredServer[] | undefined;
} & Published;

async function read(layout: Layout): Promise<Read> {
	const servers = await readRegisteredServers(layout);
	const listed = await readListed(layout, servers?.length ?? 0);
	return {servers, listed: new Map(listed.map(der => [fingerprintOf(der), der])), ...(await readPublished(layout))};
}

/** A damaged file may be written anew when it holds the certificate of no more than one server. */
async function readListed({trustedTaniumServers: file}: Layout, servers: number): Promise<Buffer[]> {
	try {
		return (await ifPresent(async () => certificatesIn(await readFile(file)))) ?? [];
	} catch (error) {
		if (servers <= 1) {
			return [];
		}

		throw new Problem(
			'trust-unreadable',
			`${file} cannot be read, and it holds the certificates of ${servers} Tanium Servers. ${messageOf(error)}`,
			'Move it away, then register the Module Server with each of them again.',
			{cause: error},
		);
	}
}

async function readPublished({leases: file}: Layout): Promise<Published> {
	try {
		const text = await ifPresent(async () => readFile(file, 'utf8'));
		return text === undefined ? {leases: {}, owners: {}} : publishedIn(text);
	} catch (error) {
		throw new Problem(
			'trust-unreadable',
			`${file} cannot be read. ${messageOf(error)}`,
			'Remove it: what it lists stays trusted until the next registration.',
			{cause: error},
		);
	}
}

function without({leases, owners}: Published, ...fingerprints: string[]): Published {
	const left = <Value>(map: Readonly<Record<string, Value>>) =>
		Object.fromEntries(Object.entries(map).filter(([sha256]) => !fingerprints.includes(sha256)));
	return {leases: left(leases), owners: left(owners)};
}

async function writeListed({trustedTaniumServers}: Layout, listed: ReadonlyMap<string, Buffer>): Promise<void> {
	await replaceFile(trustedTaniumServers, [...listed.values()].map(der => toPem('CERTIFICATE', der)).join(''), 0o644);
}

/** Writes no file for an appliance that has never had a lease. */
async function writePublished(layout: Layout, published: Published): Promise<void> {
	const isEmpty = Object.keys(published.owners).length === 0 && Object.keys(published.leases).length === 0;
	if (!isEmpty || (await ifPresent(async () => stat(layout.leases))) !== undefined) {
		await replaceFile(layout.leases, formatStored(published), 0o644);
	}
}
