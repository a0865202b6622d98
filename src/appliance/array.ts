// The array that an appliance belongs to: `etc/tanos/array.json`, the same on each member. Members prove themselves to each other over SSH:
// by the host key on one side, by the array key (`etc/tanos/array_ed25519`) on the other.
import {readFile, stat, unlink} from 'node:fs/promises';
import * as v from 'valibot';
import {ifPresent} from '../if-present.js';
import {messageOf, Problem} from '../problem.js';
import {hostPattern} from '../ssh-keys/known-hosts.js';
import {newPrivateKey, publicLineOf} from '../ssh-keys/openssh-key.js';
import {replaceFile} from './atomic-file.js';
import type {Identity} from './identity.js';
import type {Layout} from './layout.js';
import {lockFile} from './lock.js';
import {roles, type Role} from './roles.js';
import {formatStored, parseStored} from './stored-json.js';

/** The account with which members sign in to each other. It has no password, no console and no SFTP. */
export const arrayUser = 'array';

export type ArrayMember = {
	/** The FQDN of the appliance. */
	name: string;
	role: Role;
	/** Where its SSH server is. */
	address: string;
	port: number;
	/** The console of its Tanium Server; 0 without one. */
	console: number;
	/** Its SSH host key and its array key, as lines with type and key. */
	hostKey: string;
	key: string;
};

export type ApplianceArray = {
	name: string;
	/** The name of the member that changes the membership. */
	manager: string;
	members: ArrayMember[];
};

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const keyLine = v.pipe(v.string(), v.regex(/^ssh-ed25519 [\w+/]+=*$/));

export const memberSchema: v.GenericSchema<unknown, ArrayMember> = v.object({
	name: v.pipe(v.string(), v.regex(/^[\w.-]{1,253}$/)),
	role: v.picklist(roles),
	address: v.pipe(v.string(), v.regex(/^[\w.:-]{1,253}$/)),
	port,
	console: port,
	hostKey: keyLine,
	key: keyLine,
});

export const arraySchema: v.GenericSchema<unknown, ApplianceArray> = v.object({
	name: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
	manager: v.string(),
	members: v.array(memberSchema),
});

/** The array; undefined when the appliance is in none. Rejects with Problem `array-unreadable`. */
export async function readArray({array}: Layout): Promise<ApplianceArray | undefined> {
	try {
		const text = await ifPresent(async () => readFile(array, 'utf8'));
		return text === undefined ? undefined : parseStored(text, arraySchema);
	} catch (error) {
		throw new Problem('array-unreadable', `${array} cannot be read. ${messageOf(error)}`, 'Leave the array with: reset array', {
			cause: error,
		});
	}
}

/** Also writes the members' host keys, for the SSH client. Rejects with the system's error. */
export async function writeArray(layout: Layout, array: ApplianceArray): Promise<void> {
	const known = array.members.map(({address, port, hostKey}) => `${hostPattern(address, port)} ${hostKey}\n`);
	await replaceFile(layout.arrayKnownHosts, known.join(''), 0o600);
	await replaceFile(layout.array, formatStored(array), 0o600);
}

/** Leaves the array. The key stays; nobody else accepts it once the others know. */
export async function removeArray({array}: Layout): Promise<void> {
	await ifPresent(async () => unlink(array));
}

/** This appliance as a member. Makes its array key when there is none. */
export async function ownMember(layout: Layout, identity: Identity): Promise<ArrayMember> {
	const {name, role, address, ports} = identity;
	return {
		name,
		role,
		address,
		port: ports.ssh,
		console: role === 'module-server' ? 0 : ports.console,
		hostKey: lineIn(await readFile(layout.hostKey)),
		key: await ownKey(layout),
	};
}

async function ownKey(layout: Layout): Promise<string> {
	await using _lock = await lockFile(layout, layout.arrayKey);
	if ((await ifPresent(async () => stat(layout.arrayKey))) === undefined) {
		const fresh = await newPrivateKey(arrayUser);
		await replaceFile(layout.arrayKey, fresh, 0o600);
		fresh.fill(0);
	}

	return lineIn(await readFile(layout.arrayKey));
}

/** Type and key of a private key file's public part. Zeroes the file's bytes. */
function lineIn(file: Buffer): string {
	const line = publicLineOf(file, arrayUser);
	file.fill(0);
	if (line === undefined) {
		throw new Problem('array-key-unreadable', "An SSH key of this appliance is not an unencrypted ed25519 key in OpenSSH's format.");
	}

	return line.split(' ').slice(0, 2).join(' ');
}
