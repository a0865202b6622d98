import {Problem, messageOf} from '../problem.js';
import type {Scanner} from './scanner.js';

/**
 * Reads `/pattern/`; undefined when none stands here. A slash inside is written `\/`. Throws Problem `tape-syntax` for a pattern
 * that is no regular expression.
 */
export function parsePattern(scanner: Scanner): string | undefined {
	const pattern = scanner.take(/\/((?:[^\\/]|\\.)+)\/(?=\s|$)/)?.[1];
	if (pattern === undefined) {
		return scanner.take(/(?=\/)/) && scanner.fail('a pattern between slashes on the same line');
	}

	try {
		regularExpression(fillPattern(pattern, () => 'x'));
	} catch (error) {
		scanner.fail('a regular expression', messageOf(error), `\`/${pattern}/\``);
	}

	return pattern;
}

/** The pattern as a regular expression. As in VHS (Go), flags may stand in front: `(?i)word`. */
export function regularExpression(pattern: string): RegExp {
	const flags = /^\(\?([ims]+)\)/.exec(pattern);
	return flags ? new RegExp(pattern.slice(flags[0].length), flags[1]) : new RegExp(pattern);
}

/** Puts values in the place of `${NAME}` in a pattern; what they hold stands for itself there. */
export function fillPattern(pattern: string, valueOf: (name: string) => string): string {
	return fill(pattern, name => RegExp.escape(valueOf(name)));
}

/** Puts values in the place of `${NAME}`. */
export function fill(text: string, valueOf: (name: string) => string): string {
	return text.replaceAll(/\$\{(\w+)\}/g, (_match, name: string) => valueOf(name));
}

/** Looks variables up for one line of a tape. An unknown one throws Problem `tape-variable`, which names the place. */
export function lookUp(variables: Record<string, string>, place: string): (name: string) => string {
	return name => {
		if (!Object.hasOwn(variables, name)) {
			const known = Object.keys(variables).join(', ');
			throw new Problem(
				'tape-variable',
				`${place}: the variable ${name} has no value`,
				known === '' ? 'No variables were given.' : `Given are ${known}.`,
			);
		}

		return variables[name]!;
	};
}
