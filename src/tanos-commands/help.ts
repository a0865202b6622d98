import wrapAnsi from 'wrap-ansi';
import type {UserRole} from '../console/menus.js';
import {groups, type Command} from './command.js';

/** What `help` prints: every command this role may use, under its heading. */
export function helpFor(commands: readonly Command[], role: UserRole): string[] {
	const mine = commands.filter(({roles}) => roles.includes(role));
	return [
		'The following commands are available in the TanOS CLI.',
		...groups.flatMap(group => {
			const inGroup = mine.filter(command => command.group === group);
			return inGroup.length === 0 ? [] : ['', `${group}:`, ...inGroup.map(({name, purpose}) => ` ${name}: ${purpose}`)];
		}),
		'',
		'For more about one of them: COMMAND help',
		'Secrets and confirmations are read from standard input, a line each.',
	];
}

/** What `COMMAND help` prints. */
export function helpOn({name, purpose, about, parameters, examples, menu}: Command): string[] {
	return [
		name,
		'',
		`${purpose}.`,
		...wrapAnsi(about, 78).split('\n'),
		'',
		`Usage:   ${[name, parameters].filter(part => part !== undefined).join(' ')}`,
		...examples.map((example, index) => `${index === 0 ? 'Example: ' : '         '}${example}`),
		...(menu === undefined ? [] : [`Menu:    ${menu}`]),
	];
}
