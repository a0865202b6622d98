import {randomBytes, randomInt} from 'node:crypto';
import {mkdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {selfSignedPair} from '../certificates/issuance/self-signed.js';
import {hasCode, Problem} from '../problem.js';
import {writeAccounts, type Account, type AccountRole} from './users/accounts.js';
import {replaceFile} from './atomic-file.js';
import {isFree} from './free-addresses.js';
import {ensureHostKey} from './host-key.js';
import {loopback, writeIdentity, type Identity, type Ports} from './identity.js';
import type {Layout} from './layout.js';
import {lockFile} from './lock.js';
import {hasServer, type Role} from './roles.js';
import {recordSandbox, takenPlaces} from './sandboxes.js';
import {hashPassword, randomPassword} from './users/passwords.js';

export type NewAppliance = {
	/** The FQDN of the appliance. It is stored in lower case. */
	name: string;
	role: Role;
	/** Lines in authorized_keys format that sign in as tanadmin and tancopy. */
	authorizedKeys: string[];
	/** The address that it listens on, which it has for itself; by default 127.0.0.1, with ports of its own. */
	address?: string;
	/** The content of etc/hosts: where the other appliances of a lab are. */
	hosts?: string;
	/** Called just before the ports are chosen, such as to take the lock under which that is done. */
	beforePorts?: () => Promise<void>;
};

/** By account. A Tanium Console administrator, `tanium`, is on appliances with a Tanium Server only. */
export type FirstPasswords = {tanadmin: string; tanuser: string; tancopy: string; tanium?: string};

/** The ports of a real appliance; those below 1024 are replaced by similar ones above it. */
export const defaultPorts: Ports = {console: 8443, moduleServer: 17_477, ssh: 2222, patch: 17_480};
const selfSignedDays = 365;
const settle = 2000;

/**
 * Makes a sandbox appliance in the layout's folder: folders, pairs, accounts, host key and, last, its identity. Resolves
 * with the first passwords, which are kept nowhere. Rejects with Problem `appliance-exists`, `appliance-damaged`,
 * `bad-root` or `bad-name`.
 */
export async function createAppliance(
	layout: Layout,
	{name: wantedName, role, address = loopback, hosts, authorizedKeys, beforePorts}: NewAppliance,
): Promise<{identity: Identity; passwords: FirstPasswords}> {
	assertName(wantedName);
	const name = wantedName.toLowerCase();
	await assertNew(layout);
	await makeFolders(layout, role);
	await using _lock = await lockFile(layout, layout.identity);
	await assertNew(layout);
	await writePairs(layout, role, name);
	await ensureHostKey(layout);
	const passwords = {
		tanadmin: randomPassword(),
		tanuser: randomPassword(),
		tancopy: randomPassword(),
		...(hasServer(role, 'Tanium Server') && {tanium: randomPassword()}),
	};
	await makeAccounts(layout, passwords, authorizedKeys);
	if (hosts !== undefined) {
		await replaceFile(layout.hosts, hosts, 0o644);
	}

	await beforePorts?.();
	const identity: Identity = {
		name,
		serial: `SBX-${randomBytes(4).toString('hex').toUpperCase()}`,
		role,
		world: 'sandbox',
		address,
		ports: address === loopback ? await freePorts() : defaultPorts,
		settle,
	};
	await writeIdentity(layout, identity);
	await recordSandbox(layout.root);
	return {identity, passwords};
}

/** Labels as RFC 1123 2.1 has them; the last one is not a number, or the name would be an address. */
const fullName = /^(?:(?!-)[a-z\d-]+(?<!-)\.)+(?!-|\d+$)[a-z\d-]+(?<!-)$/i;

function assertName(name: string): void {
	if (name.length > 64 || !fullName.test(name)) {
		throw new Problem(
			'bad-name',
			`${JSON.stringify(name)} is not a fully qualified domain name of at most 64 characters.`,
			'Give one such as ts1.example.com: --name ts1.example.com',
		);
	}
}

/** No part of an appliance may exist yet: an installed pair is never overwritten. */
async function assertNew(layout: Layout): Promise<void> {
	if (await exists(layout, layout.identity)) {
		throw new Problem('appliance-exists', `There is already an appliance in ${layout.root}.`, 'Name another folder: --root DIR');
	}

	for (const file of [layout.soapKey, layout.soapCertificate, layout.moduleServerKey, layout.accounts, layout.journal]) {
		if (await exists(layout, file)) {
			throw new Problem(
				'appliance-damaged',
				`${layout.root} holds ${file}, but no ${layout.identity}.`,
				'Restore that file, remove the folder if nothing in it is needed, or name another one: --root DIR',
			);
		}
	}
}

async function exists(layout: Layout, file: string): Promise<boolean> {
	try {
		await stat(file);
		return true;
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return false;
		}

		throw new Problem('bad-root', `${layout.root} cannot hold an appliance.`, 'Name a folder that you may write to: --root DIR', {
			cause: error,
		});
	}
}

async function makeFolders(layout: Layout, role: Role): Promise<void> {
	const open = [
		...(hasServer(role, 'Tanium Server') ? [layout.taniumServer, layout.taniumServerLogs] : []),
		...(hasServer(role, 'Module Server') ? [layout.moduleServer, layout.moduleServerLogs] : []),
	];
	const closed = [layout.settings, layout.state, layout.backups, layout.run, layout.locks, layout.incoming, layout.outgoing];
	try {
		await makeRoot(layout.root);
		await Promise.all(open.map(async folder => mkdir(folder, {recursive: true, mode: 0o755})));
		await Promise.all(closed.map(async folder => mkdir(folder, {recursive: true, mode: 0o700})));
	} catch (error) {
		throw new Problem(
			'bad-root',
			`The folders of an appliance cannot be made in ${layout.root}.`,
			'Name a folder that you may write to: --root DIR',
			{cause: error},
		);
	}
}

/** Creates a folder and its parents. Node's recursive mkdir never returns for a path in /proc, where nothing can be created. */
async function makeRoot(folder: string): Promise<void> {
	try {
		await mkdir(folder, {mode: 0o755});
	} catch (error) {
		if (hasCode(error, 'ENOENT') && path.dirname(folder) !== folder) {
			await makeRoot(path.dirname(folder));
			await mkdir(folder, {mode: 0o755});
		} else if (!hasCode(error, 'EEXIST')) {
			throw error;
		}
	}
}

async function writePairs(layout: Layout, role: Role, name: string): Promise<void> {
	if (hasServer(role, 'Tanium Server')) {
		await writePair(layout.soapCertificate, layout.soapKey, name);
	}

	if (hasServer(role, 'Module Server')) {
		await writePair(layout.moduleServerCertificate, layout.moduleServerKey, name);
	}
}

/** A self-signed pair like that of the installer. It also names localhost, so that curl accepts it on this machine. */
async function writePair(certificateFile: string, keyFile: string, name: string): Promise<void> {
	const {certificate, key} = await selfSignedPair({hostnames: [name, 'localhost'], days: selfSignedDays});
	await replaceFile(keyFile, key, 0o600);
	await replaceFile(certificateFile, certificate, 0o644);
	key.fill(0);
}

async function makeAccounts(layout: Layout, passwords: FirstPasswords, keys: string[]): Promise<void> {
	const account = async (role: AccountRole, password: string, authorizedKeys: string[] = []): Promise<Account> => ({
		role,
		password: await hashPassword(password),
		authorizedKeys,
	});
	await writeAccounts(layout.accounts, {
		tanadmin: await account('tanadmin', passwords.tanadmin, keys),
		tanuser: await account('tanuser', passwords.tanuser),
		tancopy: await account('tancopy', passwords.tancopy, keys),
	});
	if (passwords.tanium !== undefined) {
		await writeAccounts(layout.consoleAccounts, {tanium: await account('console-admin', passwords.tanium)});
	}
}

/**
 * The default ports if all of them are free. Otherwise none of them: one in use most likely belongs to another sandbox, whose
 * other ports may only be free while it is stopped.
 */
async function freePorts(): Promise<Ports> {
	const places = await takenPlaces();
	const taken = places.filter(({address}) => address === loopback).flatMap(({ports}) => Object.values(ports));
	const names = Object.keys(defaultPorts) as Array<keyof Ports>;
	const areFree = await Promise.all(names.map(async name => canTake(defaultPorts[name], taken)));
	if (areFree.every(Boolean)) {
		return defaultPorts;
	}

	const ports = {...defaultPorts};
	for (const name of names) {
		ports[name] = await otherPort([...taken, ...Object.values(ports)]);
	}

	return ports;
}

async function canTake(port: number, taken: readonly number[]): Promise<boolean> {
	return !taken.includes(port) && isFree(loopback, port);
}

/** A free port and not one of these, below the range from which Linux takes the ports of outgoing connections. */
async function otherPort(taken: readonly number[]): Promise<number> {
	for (let attempt = 0; attempt < 100; attempt++) {
		const port = randomInt(20_000, 32_000);
		if (await canTake(port, taken)) {
			return port;
		}
	}

	throw new Problem('no-port', `There is no free TCP port on ${loopback}.`, 'Stop a program that listens on one, then try again.');
}
