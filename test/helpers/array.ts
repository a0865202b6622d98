// The appliances of a lab, bound in an array.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {consoleOf, readIdentity} from '../../src/appliance/identity.js';
import {certificatesIn, fingerprintOf} from '../../src/certificates/parse/pem.js';
import {presentedLeaf} from '../../src/services/probe.js';
import {makeLab, tanos, type LabMember} from './appliance.js';
import {temporaryFolder} from './sandbox.js';

export type Lab = {root: string; ts1: LabMember; ts2: LabMember; tms: LabMember};

/** Two Tanium Servers and a Module Server that are in no array. */
export async function makeDeployment(t: ExecutionContext): Promise<Lab> {
	const {root, members} = await makeLab(t, 'active-active');
	const [ts1, ts2, tms] = members as [LabMember, LabMember, LabMember];
	return {root, ts1, ts2, tms};
}

/** Gives a command of the TanOS command line on a member. */
export async function run(member: LabMember, words: string, input = '') {
	return tanos([...words.split(' '), '--root', member.root], {input});
}

/** An array of all three, managed by the first Tanium Server. */
export async function makeArray(t: ExecutionContext): Promise<Lab> {
	const lab = await makeDeployment(t);
	await bindArray(t, lab);
	return lab;
}

/** How a command is given on a member: on this machine, or from a network namespace. */
type Run = (member: LabMember, words: string, input?: string) => Promise<{exitCode?: number | undefined; stdout: string; stderr: string}>;

/** Makes an array of these, managed by the first Tanium Server. */
export async function bindArray(t: ExecutionContext, {ts1, ts2, tms}: Omit<Lab, 'root'>, give: Run = run): Promise<void> {
	t.is((await give(ts1, `create array ${ts1.address} East Coast`)).exitCode, 0);
	for (const member of [ts2, tms]) {
		await addMember(t, ts1, member, give);
	}
}

/** Adds a member whose host key is registered before. */
export async function addMember(t: ExecutionContext, manager: LabMember, member: LabMember, give: Run = run): Promise<void> {
	const {stdout: fingerprints} = await give(member, 'show ssh-host-fingerprints');
	const where = `${member.address}:${member.ports.ssh}`;
	t.is((await give(manager, `register ssh-host ${where}`, fingerprints)).exitCode, 0);
	const {exitCode, stderr} = await give(manager, `add array member ${where}`, `${member.passwords.tanadmin}\n`);
	t.is(exitCode, 0, stderr);
}

/** The file of a certificate of a server's lab CA, for a request that is made there with the names of the array's servers. */
export async function certificateForRequest(t: ExecutionContext, server: LabMember): Promise<string> {
	const stem = path.join(await temporaryFolder(t), 'SOAPServer');
	await writeFile(`${stem}.csr`, (await run(server, 'soap request')).stdout);
	const words = ['certificate', 'sign', `${stem}.csr`, '--lab', '--as-required', '--out', `${stem}.crt`, '--root', server.root];
	const {exitCode, stderr} = await tanos(words);
	t.is(exitCode, 0, stderr);
	return `${stem}.crt`;
}

/** A new self-signed pair for these names, in a folder of its own; the two files. */
export async function newPair(t: ExecutionContext, names: string): Promise<{certificate: string; key: string}> {
	const stem = path.join(await temporaryFolder(t), 'SOAPServer');
	t.is((await tanos(['certificate', 'request', '--hostname', names, '--out', stem])).exitCode, 0);
	return {certificate: `${stem}.crt`, key: `${stem}.key`};
}

/** The fingerprints of the certificates that a Module Server trusts. */
export async function trustedBy({layout}: LabMember): Promise<string[]> {
	return certificatesIn(await readFile(layout.trustedTaniumServers)).map(der => fingerprintOf(der));
}

/** The names of both servers and of this machine. */
export const both = 'ts1.example.com,ts2.example.com,localhost';

export type Pair = {certificate: string; key: string};

/** Gives the command `soap rollout` on the manager. */
export async function rollOut(manager: LabMember, {certificate, key}: Pair, words: readonly string[] = [], input = 'yes\n') {
	return tanos(['soap', 'rollout', certificate, key, ...words, '--root', manager.root], {input});
}

/** The fingerprint of the certificate that a Tanium Server presents. */
export async function presented({layout}: LabMember): Promise<string> {
	return fingerprintOf((await presentedLeaf(consoleOf(await readIdentity(layout))))!);
}

/** Each server presents one of these, in this order, and the Module Server trusts these and no other. */
export async function assertServed(t: ExecutionContext, {root, ts1, ts2, tms}: Lab, expected: [string, string]): Promise<void> {
	t.deepEqual([await presented(ts1), await presented(ts2)], expected);
	t.deepEqual((await trustedBy(tms)).toSorted(), [...new Set(expected)].toSorted());
	t.is((await tanos(['lab', 'status', '--root', root])).exitCode, 0, 'the connections of all appliances work');
}
