import type {ConsoleSession} from '../console/environment.js';
import type {Target} from '../installation/target.js';
import {sanitise} from '../sanitise.js';
import {usage} from './command.js';

/**
 * Takes `--target NAME` out of the words of a command on a Linux host. A host with one target needs none. Throws Problem `usage` for
 * another name, or when it is not clear which target is meant.
 */
export async function takeTarget({targets}: ConsoleSession, words: readonly string[]): Promise<{target?: Target; rest: readonly string[]}> {
	if (!targets) {
		return {rest: words};
	}

	const all = await targets();
	const names = all.map(({name}) => name).join(', ');
	const at = words.findIndex(word => word.toLowerCase() === '--target');
	const name = at === -1 ? undefined : words[at + 1];
	const target = at === -1 && all.length === 1 ? all[0] : all.find(one => one.name === name);
	if (!target) {
		const fault = name === undefined ? 'Name the service' : `There is no target ${sanitise(name)}`;
		throw usage(`${fault}: --target NAME. ${names === '' ? 'This host has none.' : `There are: ${names}.`}`);
	}

	return {target, rest: at === -1 ? words : words.toSpliced(at, 2)};
}
