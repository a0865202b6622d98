import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {readAccounts, writeAccounts} from '../../src/appliance/users/accounts.js';
import {readIdentity} from '../../src/appliance/identity.js';
import {layoutOf} from '../../src/appliance/layout.js';
import type {Site} from '../../src/installation/change.js';
import {packageRoot} from '../../src/services/package-root.js';
import {processServices} from '../../src/services/processes.js';

export const tanosFile = path.join(packageRoot(), 'bin', 'tanos.js');

export type Appliance = Site & {passwords: Passwords};

type Passwords = {tanadmin: string; tanium: string};

/** Runs the `tanos` command. Resolves with what it prints; rejects when it fails. */
export async function tanos(words: readonly string[], input = ''): Promise<string> {
	return (await execa(process.execPath, [tanosFile, ...words], {input})).stdout;
}

/** Creates a sandbox appliance in the folder and starts its services. */
export async function makeAppliance(folder: string): Promise<Appliance> {
	const root = path.join(folder, 'appliance');
	const {passwords} = JSON.parse(await tanos(['appliance', 'create', '--root', root, '--json'])) as {passwords: Passwords};
	const layout = layoutOf(root);
	return {layout, identity: await readIdentity(layout), services: processServices(layout, 'all-in-one'), passwords};
}

/** Lets the owner of a public key sign in as these users over SSH. */
export async function authorize({layout}: Appliance, publicKey: string, users: readonly string[]): Promise<void> {
	const accounts = await readAccounts(layout.accounts);
	for (const user of users) {
		accounts[user]!.authorizedKeys = [publicKey];
	}

	await writeAccounts(layout.accounts, accounts);
}
