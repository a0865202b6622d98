// A network namespace for each appliance of a lab, so that a link between them can be cut. Needs root: see testWith('ip').
import {readFile, writeFile} from 'node:fs/promises';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {tanosFile, type LabMember} from './appliance.js';
import {fileOf} from './programs.js';

type Result = Promise<{exitCode?: number | undefined; stdout: string; stderr: string}>;

export type Network = {
	/** Gives a command of `tanos` on a member, from its namespace. */
	run(member: LabMember, words: readonly string[], input?: string): Result;
	/** Runs a program in the namespace of a member. */
	execute(member: LabMember, command: readonly string[]): Result;
	/** Cuts the link of a member to all others, or mends it. */
	setLink(member: LabMember, state: 'up' | 'down'): Promise<void>;
};

let made = 0;

/** Moves the appliances of a lab, which must be stopped, into namespaces of their own, on 10.77.0.0/24, and starts them there. */
export async function separate(t: ExecutionContext, members: readonly LabMember[]): Promise<{network: Network; members: LabMember[]}> {
	const prefix = `tanos-${process.pid}-${++made}`;
	const link = `${prefix}-switch`;
	const ip = async (...words: string[]) => execa(fileOf('ip'), words);
	const namespaceOf = ({name}: LabMember) => `${prefix}-${name.split('.')[0]!}`;
	const execute: Network['execute'] = async (member, command) => inNamespace(namespaceOf(member), command);
	const run: Network['run'] = async (member, words, input = '') =>
		inNamespace(namespaceOf(member), [process.execPath, tanosFile, ...words, '--root', member.root], input);

	await addNamespace(t, link);
	await ip('-n', link, 'link', 'add', 'bridge', 'type', 'bridge');
	await ip('-n', link, 'link', 'set', 'bridge', 'up');
	const moved = members.map((member, index) => ({...member, address: `10.77.0.${index + 1}`}));
	const hosts = moved.map(({address, name}) => `${address} ${name}\n`).join('');
	for (const member of moved) {
		const namespace = namespaceOf(member);
		const [port = ''] = member.name.split('.');
		await addNamespace(t, namespace, async () => run(member, ['appliance', 'stop']));
		await ip('-n', link, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
		await ip('-n', link, 'link', 'set', port, 'master', 'bridge', 'up');
		await ip('-n', namespace, 'link', 'set', 'eth0', 'address', hardwareAddressOf(member));
		await ip('-n', namespace, 'address', 'add', `${member.address}/24`, 'dev', 'eth0');
		await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
		await ip('-n', namespace, 'link', 'set', 'lo', 'up');
		for (const other of moved.filter(one => one !== member)) {
			// A neighbour that is known for good is not looked for, so that nobody tells that it is away: packets vanish.
			await ip('-n', namespace, 'neighbour', 'add', other.address, 'lladdr', hardwareAddressOf(other), 'dev', 'eth0', 'nud', 'permanent');
		}

		const identity = JSON.parse(await readFile(member.layout.identity, 'utf8')) as object;
		await writeFile(member.layout.identity, JSON.stringify({...identity, address: member.address}));
		await writeFile(member.layout.hosts, hosts);
		t.is((await run(member, ['appliance', 'start'])).exitCode, 0);
	}

	const setLink: Network['setLink'] = async ({name}, state) => {
		await ip('-n', link, 'link', 'set', name.split('.')[0]!, state);
	};
	return {network: {run, execute, setLink}, members: moved};
}

function hardwareAddressOf({address}: LabMember): string {
	return `02:00:00:00:00:0${address.split('.').at(-1)!}`;
}

async function inNamespace(name: string, command: readonly string[], input = ''): Result {
	return execa(fileOf('ip'), ['netns', 'exec', name, ...command], {reject: false, input});
}

async function addNamespace(t: ExecutionContext, name: string, before: () => Promise<unknown> = async () => undefined): Promise<void> {
	await execa(fileOf('ip'), ['netns', 'add', name]);
	t.teardown(async () => {
		await before();
		await execa(fileOf('ip'), ['netns', 'delete', name]);
	});
}
