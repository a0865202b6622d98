import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import {hasCode, messageOf, Problem} from '../problem.js';
import {replaceFile} from './atomic-file.js';
import type {Layout} from './layout.js';
import {roles, type Machine, type Role} from './roles.js';
import {formatStored, parseStored} from './stored-json.js';

/** TCP ports, as this appliance uses them. */
export type Ports = {
	/** HTTPS console and API (`ServerSOAPPort`). */
	console: number;
	/** The Module Server's HTTPS listener. */
	moduleServer: number;
	/** SSH and SFTP. */
	ssh: number;
	/** The module service `patch`, without TLS. */
	patch: number;
};

/** The identity of an appliance: `etc/tanos/identity.json`. */
export type Identity = {
	/** The FQDN of the appliance; the certificates of its servers must name it. */
	name: string;
	serial: string;
	role: Role;
	/** A `host` has no file of its identity: its targets are described one by one. */
	world: 'sandbox' | 'host';
	/** The IPv4 address that it listens on: one of the loopback network, 127.0.0.0/8. */
	address: string;
	ports: Ports;
	/** How long a started service must stay up before it counts as running, in milliseconds. */
	settle: number;
};

/** The address of an appliance that shares it with others and has ports of its own. */
export const loopback = '127.0.0.1';

const port = v.pipe(v.number(), v.integer());

const identitySchema: v.GenericSchema<unknown, Identity> = v.object({
	name: v.string(),
	serial: v.string(),
	role: v.picklist(roles),
	world: v.literal('sandbox'),
	address: v.optional(v.pipe(v.string(), v.ipv4()), loopback), // A file of an earlier release does not say it.
	ports: v.object({console: port, moduleServer: port, ssh: port, patch: port}),
	settle: v.number(),
});

/** Reads the identity. Rejects with Problem `no-appliance` or `identity-unreadable`. */
export async function readIdentity(layout: Layout): Promise<Identity> {
	let text;
	try {
		text = await readFile(layout.identity, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
			throw new Problem(
				'no-appliance',
				`There is no appliance in ${layout.root}.`,
				`Make one: tanos appliance create --root ${layout.root}`,
			);
		}

		throw new Problem('identity-unreadable', `${layout.identity} cannot be read.`, 'Check its owner and mode.', {cause: error});
	}

	try {
		return parseStored(text, identitySchema);
	} catch (error) {
		throw new Problem(
			'identity-unreadable',
			`${layout.identity} is damaged. ${messageOf(error)}`,
			'Restore it from a backup of the appliance.',
			{cause: error},
		);
	}
}

/** Writes the identity, mode 0600. */
export async function writeIdentity(layout: Layout, identity: Identity): Promise<void> {
	await replaceFile(layout.identity, formatStored(identity), 0o600);
}

/** A TLS server: where it listens, and the name that its certificate must have. */
export type Endpoint = {host: string; port: number; servername: string};

/** What a console of it belongs to. */
export function machineOf({role, world}: Identity): Machine {
	return world === 'host' ? 'host' : role;
}

/** The console and API of this appliance's Tanium Server. */
export function consoleOf({name, address, ports}: Identity): Endpoint {
	return {host: address, port: ports.console, servername: name};
}

/** This appliance's own Module Server. */
export function moduleServerOf({name, address, ports}: Identity): Endpoint {
	return {host: address, port: ports.moduleServer, servername: name};
}
