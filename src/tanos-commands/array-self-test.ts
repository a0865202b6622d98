// array self test: whether every member answers, its services run, and its connections work.
import * as v from 'valibot';
import {askAll, ownArray, type MemberState} from '../array/membership.js';
import {exitCodes} from '../exit-codes.js';
import {sanitise} from '../sanitise.js';
import {alwaysLooks, assertNoArguments, type Command, type Context} from './command.js';

/** What a member answers to `status`. */
const statusSchema = v.object({
	services: v.array(v.object({name: v.string(), running: v.boolean()})),
	connections: v.array(v.object({number: v.number(), from: v.string(), to: v.string(), ok: v.boolean(), result: v.string()})),
});

async function selfTest(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, json, print} = context;
	const {name} = await ownArray(session.layout);
	const tested = (await askAll(session)).map(state => ({member: state.member.name, faults: faultsOf(state)}));
	print(...(json ? [JSON.stringify({array: name, members: tested})] : tested.flatMap(one => describe(one))));
	return tested.every(({faults}) => faults.length === 0) ? exitCodes.done : exitCodes.no;
}

function faultsOf(state: MemberState): string[] {
	if (state.problem !== undefined) {
		return [state.problem];
	}

	const status = v.safeParse(statusSchema, state.answer);
	if (!status.success) {
		return ['It did not answer as an appliance of this release does.'];
	}

	const {services, connections} = status.output;
	const failed = connections.filter(({ok}) => !ok);
	return [
		...services.filter(({running}) => !running).map(service => `${sanitise(service.name)} does not run.`),
		...failed.map(({number, from, to, result}) => sanitise(`Connection ${number}, ${from} to ${to}: ${result}.`)),
	];
}

function describe({member, faults}: {member: string; faults: string[]}): string[] {
	return faults.length === 0 ? [`${member}: good`] : [`${member}: ${faults[0]}`, ...faults.slice(1).map(fault => `  ${fault}`)];
}

export const selfTestCommands: readonly Command[] = [
	{
		name: 'array self test',
		group: 'TanOS Appliance Array',
		purpose: 'Test the members of the array: services and connections',
		about: 'Asks every member over SSH, which tries each of its connections. Exit code 0 when nothing is wrong, else 1.',
		parameters: '[json]',
		examples: ['array self test'],
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: selfTest,
	},
];
