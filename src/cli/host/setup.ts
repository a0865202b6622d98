import {exitCodes} from '../../exit-codes.js';
import {print, type Command} from '../command.js';
import {hostSetupDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';
import {foldersOf, sessionPart} from './session-folders.js';
import {settingsFor} from './settings.js';
import {assertRoot, hostLayout} from './site.js';
import {describedTargets, targetsIn} from './targets.js';

type State = 'unchanged' | 'planned' | 'done';

/** `tanos host setup`. */
export const hostSetup: Command = async words => {
	const {
		values: {undo, json, 'dry-run': isDry},
	} = parseCall(hostSetupDefinition, words);
	const described = await describedTargets(hostLayout);
	const invalid = described.find(one => 'problem' in one);
	if (invalid && 'problem' in invalid && !undo) {
		throw invalid.problem;
	}

	if (!isDry) {
		assertRoot('Only root can set a host up.', ' --dry-run needs no privileges.');
	}

	const targets = undo ? [] : targetsIn(described);
	const settings = await settingsFor(targets);
	const states: Array<{state: State; what: string}> = [];
	for (const setting of undo ? settings.toReversed() : settings) {
		const isSame = await setting.is(undo ? 'undone' : 'set');
		if (!isSame && !isDry) {
			await (undo ? setting.undo() : setting.set());
		}

		const one = {state: isSame ? 'unchanged' : isDry ? 'planned' : 'done', what: undo ? setting.undoing : setting.what} as const;
		states.push(one);
		if (!json) {
			print(`${one.state.padEnd(9)} ${one.what}`);
		}
	}

	if (json) {
		print(JSON.stringify({state: overall(states), file: sessionPart, folders: foldersOf(targets), settings: states}));
	}

	return exitCodes.done;
};

function overall(states: ReadonlyArray<{state: State}>): State {
	return states.find(({state}) => state !== 'unchanged')?.state ?? 'unchanged';
}
