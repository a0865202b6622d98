// The Module Server of a Tanium Server that is on another member of the array: what the Tanium Server has it do over the array's SSH.
import * as v from 'valibot';
import {readArray, type ArrayMember} from '../appliance/array.js';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {readModuleServerPlace} from '../appliance/server-places.js';
import {normalHost} from '../certificates/parse/host-names.js';
import {toPem} from '../certificates/parse/pem.js';
import type {RemoteModuleServer} from '../installation/module-server.js';
import {Problem} from '../problem.js';
import {askMember, parseAnswer} from './channel.js';

const held = v.object({holds: v.boolean()});
/** Who is registered with whom now. */
export const registeredAnswer = v.object({moduleServer: v.string(), taniumServer: v.string()});

/** Looks for the member at each call, so that a membership that changes counts at once. */
export function moduleServerInArray(layout: Layout, identity: Identity): RemoteModuleServer {
	const ask = async (word: string, body: object) => askMember(layout, await moduleServer(layout, identity), word, body);
	const askFor = async <Output>(schema: v.GenericSchema<unknown, Output>, word: string, body: object) => {
		const member = await moduleServer(layout, identity);
		return parseAnswer(schema, member, await askMember(layout, member, word, body));
	};
	return {
		isReachable: async () => (await moduleServerMember(layout, identity)) !== undefined,
		async holds(sha256) {
			return (await askFor(held, 'holds', {sha256})).holds;
		},
		publish: async certificate => void (await ask('publish', {certificate: toPem('CERTIFICATE', certificate)})),
		withdraw: async sha256 => void (await ask('withdraw', {sha256})),
		retire: async certificate => void (await ask('retire', {certificate: toPem('CERTIFICATE', certificate)})),
		async register(credentials, certificate) {
			return askFor(registeredAnswer, 'register', {...credentials, certificate: toPem('CERTIFICATE', certificate)});
		},
	};
}

async function moduleServer(layout: Layout, identity: Identity): Promise<ArrayMember> {
	const member = await moduleServerMember(layout, identity);
	if (!member) {
		throw new Problem(
			'module-server-elsewhere',
			'The Module Server is on an appliance that is not in an array with this one.',
			'Register it there: 2-M, or TaniumModuleServer register',
		);
	}

	return member;
}

/** The member that is the registered Module Server; else the only Module Server of the array. */
async function moduleServerMember(layout: Layout, identity: Identity): Promise<ArrayMember | undefined> {
	const members = (await readArray(layout))?.members.filter(({role}) => role === 'module-server') ?? [];
	const {name} = await readModuleServerPlace(layout, identity);
	return members.find(member => normalHost(member.name) === name) ?? (members.length === 1 ? members[0] : undefined);
}
