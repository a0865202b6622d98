import process from 'node:process';
import {exitCodes} from '../../exit-codes.js';
import {Problem} from '../../problem.js';
import {print, type Command} from '../command.js';
import {hostSetupDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';
import {foldersOf, readSessionPart, sessionPart, sessionPartFor, writeSessionPart} from './session-folders.js';
import {hostLayout} from './site.js';
import {describedTargets} from './targets.js';

/** `tanos host setup`. */
export const hostSetup: Command = async words => {
	const {values} = parseCall(hostSetupDefinition, words);
	const described = await describedTargets(hostLayout);
	const invalid = described.find(one => 'problem' in one);
	if (invalid && 'problem' in invalid && !values.undo) {
		throw invalid.problem;
	}

	const targets = described.flatMap(one => ('target' in one ? [one.target] : []));
	const [before, after] = [await readSessionPart(), values.undo ? undefined : sessionPartFor(targets)];
	const isSame = before === after;
	const what = after === undefined ? `Remove ${sessionPart}` : `Write ${sessionPart}, for ${listOf(foldersOf(targets))}`;
	if (!isSame && !values['dry-run']) {
		assertRoot();
		await writeSessionPart(after);
	}

	const state = isSame ? 'unchanged' : values['dry-run'] ? 'planned' : 'done';
	print(
		values.json ? JSON.stringify({state, file: sessionPart, folders: values.undo ? [] : foldersOf(targets)}) : `${state.padEnd(9)} ${what}`,
	);
	return exitCodes.done;
};

function listOf(folders: readonly string[]): string {
	return folders.length === 0 ? 'no folder: there is no target' : folders.join(', ');
}

function assertRoot(): void {
	if (process.geteuid!() !== 0) {
		throw new Problem('not-root', 'Only root can change what sessions may write.', 'Run it as root, such as with sudo.');
	}
}
