// Which other servers an appliance's own server works with: the Module Server of a Tanium Server, and the Tanium Servers of a Module
// Server. Registrations write both.
import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import {normalHost} from '../certificates/parse/host-names.js';
import {ifPresent} from '../if-present.js';
import {messageOf, Problem} from '../problem.js';
import {replaceFile} from './atomic-file.js';
import {addressOf} from './hosts.js';
import {consoleOf, moduleServerOf, type Endpoint, type Identity} from './identity.js';
import type {Layout} from './layout.js';
import {formatStored, parseStored} from './stored-json.js';

/** Where a server is: its FQDN, which its certificate must name, and its TCP port. Stored names are as normalHost() writes them. */
export type Place = {name: string; port: number};

/** A Tanium Server with which the Module Server is registered, and the SHA-256 fingerprints of its certificates in trusted.crt. */
export type RegisteredServer = Place & {certificates: string[]};

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const placeSchema: v.GenericSchema<unknown, Place> = v.object({name: v.string(), port});
const serversSchema: v.GenericSchema<unknown, {servers: RegisteredServer[]}> = v.object({
	servers: v.array(v.object({name: v.string(), port, certificates: v.array(v.string())})),
});

/** The Module Server that the Tanium Server uses: the registered one, else its own. Rejects with Problem `places-unreadable`. */
export async function readModuleServerPlace(layout: Layout, identity: Identity): Promise<Place> {
	const own = {name: identity.name, port: identity.ports.moduleServer};
	return (await readStored(layout.moduleServerPlace, placeSchema)) ?? own;
}

/** Rejects with the system's error. */
export async function writeModuleServerPlace(layout: Layout, {name, port}: Place): Promise<void> {
	await replaceFile(layout.moduleServerPlace, moduleServerPlaceText({name, port}), 0o644);
}

/** The content of the file that says where the Module Server is. */
export function moduleServerPlaceText({name, port}: Place): string {
	return formatStored({name: normalHost(name), port});
}

/** The registered Tanium Servers; undefined before any registration was recorded. Rejects with Problem `places-unreadable`. */
export async function readRegisteredServers(layout: Layout): Promise<RegisteredServer[] | undefined> {
	const stored = await readStored(layout.taniumServerPlaces, serversSchema);
	return stored?.servers.map(server => ({...server, name: normalHost(server.name)}));
}

/** Rejects with the system's error. */
export async function writeRegisteredServers(layout: Layout, servers: readonly RegisteredServer[]): Promise<void> {
	await replaceFile(layout.taniumServerPlaces, formatStored({servers}), 0o644);
}

/** Where a TLS client finds the server at a place. */
export async function endpointOf(layout: Layout, identity: Identity, {name, port}: Place): Promise<Endpoint> {
	const isOwn = (one: Endpoint) => normalHost(one.servername) === normalHost(name) && one.port === port;
	const own = [consoleOf(identity), moduleServerOf(identity)].find(one => isOwn(one));
	return own ?? {host: await addressOf(layout, name), port, servername: name};
}

/** As it is written on the command line: `ts1.example.com:8443`. */
export function describePlace({name, port}: Place): string {
	return `${name}:${port}`;
}

async function readStored<Stored>(file: string, schema: v.GenericSchema<unknown, Stored>): Promise<Stored | undefined> {
	try {
		const text = await ifPresent(async () => readFile(file, 'utf8'));
		return text === undefined ? undefined : parseStored(text, schema);
	} catch (error) {
		throw new Problem('places-unreadable', `${file} cannot be read. ${messageOf(error)}`, 'Remove it, then register again.', {
			cause: error,
		});
	}
}
