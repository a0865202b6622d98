// Commands between members of an array over SSH. Each is a word with JSON on standard input; the answer is JSON on standard output.
import * as v from 'valibot';
import {arrayUser, type ArrayMember} from '../appliance/array.js';
import type {Layout} from '../appliance/layout.js';
import {Problem} from '../problem.js';
import {connect} from '../ssh-client/connect.js';
import type {Host, Operator} from '../ssh-client/host.js';
import {runJsonCommand, type RemoteCall} from '../ssh-client/run-json-command.js';
import {hostPattern} from '../ssh-keys/known-hosts.js';

/** Nobody is asked: members know each other's keys. */
const nobody: Operator = {isKnown: async () => false, answer: async () => undefined, notify() {}};

/** Asks a member over SSH, or this appliance itself directly. */
export type AskMember = (member: ArrayMember, word: string, body: object, onProgress?: (progress: unknown) => void) => Promise<unknown>;

/** Has a member do something. Rejects with the member's own Problem, with `member-silent`, or as connect() does. */
export async function askMember(
	layout: Layout,
	member: ArrayMember,
	word: string,
	body: object = {},
	onProgress?: RemoteCall['onProgress'],
): Promise<unknown> {
	const {name: label, address, port} = member;
	const host: Host = {
		label,
		address,
		port,
		user: arrayUser,
		identityFiles: [layout.arrayKey],
		identitiesOnly: true,
		knownHosts: {files: [layout.arrayKnownHosts], name: hostPattern(address, port), hashed: false, mayAsk: false},
	};
	const link = await connect([host], nobody);
	try {
		return await runJsonCommand(link.client, {label, command: word, body, ...(onProgress && {onProgress})});
	} finally {
		link.close();
	}
}

/** An answer as this schema has it: a member is on another machine, and may answer anything. Throws Problem `member-failed`. */
export function parseAnswer<Output>(schema: v.GenericSchema<unknown, Output>, {name}: ArrayMember, answer: unknown): Output {
	const parsed = v.safeParse(schema, answer);
	if (!parsed.success) {
		throw new Problem('member-failed', `${name} did not answer as an appliance of this release does.`, 'Look at it there: soap history');
	}

	return parsed.output;
}
