// Where a line entered in a menu leads. A pure function of the current path and the role.
import type {Machine} from '../appliance/roles.js';
import type {FlowName} from './flow-names.js';
import {itemOf, menuAt, rootMenu, whyDisabled, type Menu, type MenuItem, type UserRole} from './menus.js';

export type Destination =
	| {to: 'menu'; path: string[]}
	| {to: 'flow'; flow: FlowName; path: string[]; label: string}
	| {to: 'help'}
	| {to: 'log-out'}
	| {to: 'nowhere'; why: string};

/** Where `entered` leads from the menu at `path`: a key, a path such as `2-4` from the main menu, `R`, `RR`, `Z` or `?`. */
export function destinationOf(entered: string, path: readonly string[], role: UserRole, machine?: Machine): Destination {
	const word = entered.trim().toUpperCase();
	const own = itemOf(menuAt(path), word);
	if (own) {
		return openItem(own, path, role, machine);
	}

	switch (word) {
		case 'R': {
			return {to: 'menu', path: path.slice(0, -1)};
		}

		case 'RR': {
			return {to: 'menu', path: []};
		}

		case 'Z': {
			return {to: 'log-out'};
		}

		case '?': {
			return {to: 'help'};
		}

		default: {
			return word.includes('-')
				? follow(word, role, machine)
				: {to: 'nowhere', why: `There is no ${word} here. Enter one of the keys shown, or ? for help.`};
		}
	}
}

function openItem(item: MenuItem, path: readonly string[], role: UserRole, machine?: Machine): Destination {
	const why = whyDisabled(item, role, machine);
	const here = [...path, item.key];
	if (why !== undefined) {
		return {to: 'nowhere', why: `${here.join('-')} (${item.label}): ${why}.`};
	}

	if ('menu' in item) {
		return {to: 'menu', path: here};
	}

	return 'flow' in item ? {to: 'flow', flow: item.flow, path: here, label: item.label} : {to: 'log-out'};
}

function follow(word: string, role: UserRole, machine?: Machine): Destination {
	const keys = word
		.split('-')
		.map(key => key.trim())
		.filter(key => key !== '');
	let menu: Menu = rootMenu;
	const path: string[] = [];
	for (const [index, key] of keys.entries()) {
		const item = itemOf(menu, key);
		if (!item) {
			return {to: 'nowhere', why: `There is no ${word}: ${path.length === 0 ? 'the main menu' : path.join('-')} has no ${key}.`};
		}

		if (index === keys.length - 1 || whyDisabled(item, role, machine) !== undefined) {
			return openItem(item, path, role, machine);
		}

		if (!('menu' in item)) {
			return {to: 'nowhere', why: `There is no ${word}: ${[...path, key].join('-')} is not a menu.`};
		}

		path.push(item.key);
		menu = item.menu;
	}

	return {to: 'menu', path};
}
