// The targets of this host: the files in /etc/tanos/targets.d. They decide what root writes and restarts, so that nobody else may be able
// to change them.
import {lstat, readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Layout} from '../../appliance/layout.js';
import {parseStored} from '../../appliance/stored-json.js';
import {ifPresent} from '../../if-present.js';
import {hostTargetSchema, targetFileSchema, type HostTarget, type TargetFile} from '../../installation/host-target.js';
import {messageOf, Problem} from '../../problem.js';
import {accountId} from '../../services/accounts.js';

/** A file of targets.d: the target that it describes, or why it describes none. */
export type Described = {name: string; target: HostTarget} | {name: string; problem: Problem};

/** The files of targets.d in the order of their names; none when there is no such folder. */
export async function describedTargets({targets}: Layout): Promise<Described[]> {
	const names = (await ifPresent(async () => readdir(targets))) ?? [];
	const files = names.filter(name => name.endsWith('.json')).toSorted();
	return Promise.all(files.map(async file => describe(targets, file.slice(0, -'.json'.length))));
}

/** The targets among these files. */
export function targetsIn(described: readonly Described[]): HostTarget[] {
	return described.flatMap(one => ('target' in one ? [one.target] : []));
}

/** The target of this name. Rejects with Problem `no-target` or `target-invalid`. */
export async function readTarget(layout: Layout, name: string): Promise<HostTarget> {
	const all = await describedTargets(layout);
	const found = all.find(one => one.name === name);
	if (!found) {
		const names = all.map(one => one.name).join(', ');
		throw new Problem(
			'no-target',
			`There is no target ${name} in ${layout.targets}.`,
			names === '' ? 'docs/host.md has examples.' : `There are: ${names}.`,
		);
	}

	if ('problem' in found) {
		throw found.problem;
	}

	return found.target;
}

async function describe(folder: string, name: string): Promise<Described> {
	const file = path.join(folder, `${name}.json`);
	try {
		for (const one of [folder, file]) {
			await assertOwn(one);
		}

		const content = parseStored(await readFile(file, 'utf8'), targetFileSchema);
		return {name, target: await withAccounts(parseStored(JSON.stringify({...content, name}), hostTargetSchema))};
	} catch (error) {
		return {
			name,
			problem:
				error instanceof Problem
					? error
					: new Problem('target-invalid', `${file} describes no target: ${messageOf(error)}`, 'docs/host.md has the format and examples.'),
		};
	}
}

/** With numbers in place of the names of users and groups, so that the journal means the same accounts later. */
async function withAccounts(target: HostTarget): Promise<HostTarget> {
	const {files} = target;
	if ('combined' in files) {
		return {...target, files: {combined: await withNumbers(files.combined)}};
	}

	const [certificate, key] = [await withNumbers(files.certificate), await withNumbers(files.key)];
	return {...target, files: {certificate, key, ...(files.chain && {chain: await withNumbers(files.chain)})}};
}

async function withNumbers({owner, group, ...rest}: TargetFile): Promise<TargetFile> {
	return {
		...rest,
		...(owner !== undefined && {owner: await accountId('passwd', owner)}),
		...(group !== undefined && {group: await accountId('group', group)}),
	};
}

/** Whoever can write it decides what root does. */
async function assertOwn(file: string): Promise<void> {
	const stats = await lstat(file);
	if (stats.isSymbolicLink() || (stats.uid !== process.geteuid!() && stats.uid !== 0) || (stats.mode & 0o022) !== 0) {
		throw new Problem(
			'target-not-private',
			`${file} can be changed by others than its administrator, or is a symbolic link.`,
			`Set its owner and mode: chown root:root ${file}; chmod go-w ${file}`,
		);
	}
}
