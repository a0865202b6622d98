import {copyFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import {layoutOf} from '../../src/appliance/layout.js';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {tanos} from '../support/appliance.js';

type Member = {root: string; name: string; address: string; ports: {ssh: number}; passwords: {tanadmin: string; tanium: string}};
type Pair = {certificate: string; key: string};

const rounds = 2;

/** One rollout over an array, and the same pair installed and registered on each of its members, one command after another. */
export async function* measure(folder: string): AsyncGenerator<Figure> {
	const members: Member[] = [];
	for (const count of [2, 8]) {
		while (members.length < count) {
			members.push(await addMember(folder, members));
		}

		const [tanos, peer] = await inTurn(
			rounds,
			async () => timeOf(async () => rollOut(members, await newPair(folder, members))),
			async () => timeOf(async () => installOnEach(members, await newPair(folder, members))),
		);
		yield figureOf({
			what: `${count} appliances, median of ${rounds}`,
			unit: 's',
			tanos: median(tanos),
			peer: median(peer),
			aim: ratioAim('at most', 0.6),
		});
	}
}

/** Makes an all-in-one appliance: the manager of a new array, or a new member of it. */
async function addMember(folder: string, members: readonly Member[]): Promise<Member> {
	const [manager] = members;
	const name = `ts${members.length + 1}.example.com`;
	const root = path.join(folder, name);
	const made = JSON.parse(await tanos(['appliance', 'create', '--root', root, '--name', name, '--json'])) as Omit<Member, 'root'>;
	const member = {...made, root, address: '127.0.0.1'};
	await tanos(['appliance', 'start', '--root', root]); // Which serves SSH.
	if (manager === undefined) {
		await tanos(['create', 'array', member.address, 'Bench', '--root', root]);
		return member;
	}

	const where = `${member.address}:${member.ports.ssh}`;
	await tanos(['register', 'ssh-host', where, '--root', manager.root], await tanos(['show', 'ssh-host-fingerprints', '--root', root]));
	await tanos(['add', 'array', 'member', where, '--root', manager.root], `${member.passwords.tanadmin}\n`);
	return member;
}

async function newPair(folder: string, members: readonly Member[]): Promise<Pair> {
	const pair = await selfSignedPair({hostnames: members.map(({name}) => name), days: 300});
	const files = {certificate: path.join(folder, 'pair.crt'), key: path.join(folder, 'pair.key')};
	await writeFile(files.certificate, pair.certificate);
	await writeFile(files.key, pair.key, {mode: 0o600});
	return files;
}

async function rollOut([manager]: readonly Member[], {certificate, key}: Pair): Promise<void> {
	await tanos(['soap', 'rollout', certificate, key, '--root', manager!.root], 'yes\n');
}

async function installOnEach(members: readonly Member[], {certificate, key}: Pair): Promise<void> {
	for (const {root, passwords} of members) {
		const {incoming} = layoutOf(root);
		await copyFile(certificate, path.join(incoming, 'SOAPServer.crt'));
		await copyFile(key, path.join(incoming, 'SOAPServer.key'));
		await tanos(['soap', 'install', '--root', root], 'yes\n');
		await tanos(['soap', 'register', '--root', root], `${passwords.tanium}\n`);
	}
}

async function timeOf(work: () => Promise<void>): Promise<number> {
	const began = performance.now();
	await work();
	return (performance.now() - began) / 1000;
}
