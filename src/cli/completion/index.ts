import {exitCodes} from '../../exit-codes.js';
import {print, type Command} from '../command.js';
import {completionDefinition} from '../definitions/programs.js';
import {parseCall} from '../parse-call.js';
import {bashCompletion} from './bash.js';
import {fishCompletion} from './fish.js';
import {completionTree} from './tree.js';
import {zshCompletion} from './zsh.js';

const scripts = {bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion} as const;

/** `tanos completion SHELL`: prints the script that completes commands in that shell. */
export const completion: Command = async words => {
	const {
		arguments: {SHELL: shell},
	} = parseCall(completionDefinition, words);
	print(scripts[shell as keyof typeof scripts](completionTree()).trimEnd());
	return exitCodes.done;
};
