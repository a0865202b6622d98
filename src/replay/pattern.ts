import {Problem, messageOf} from '../problem.js';
import type {Scanner} from './scanner.js';

/**
 * Reads `/pattern/`; undefined if there is none at this position. A slash inside is written `\/`. Throws Problem `tape-syntax`
 * for a pattern that is not a regular expression.
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

/** The pattern as a regular expression. As in VHS (Go), it may begin with flags: `(?i)word`. */
export function regularExpression(pattern: string): RegExp {
	const flags = /^\(\?([ims]+)\)/.exec(pattern);
	return flags ? new RegExp(pattern.slice(flags[0].length), flags[1]) : new RegExp(pattern);
}

/** A pattern that matches this text literally, to be read by people; also between slashes. */
export function literalPattern(text: string): string {
	return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/** Replaces `${NAME}` in a pattern by values, which match literally. */
export function fillPattern(pattern: string, valueOf: (name: string) => string): string {
	return fill(pattern, name => RegExp.escape(valueOf(name)));
}

/** Replaces `${NAME}` by values. */
export function fill(text: string, valueOf: (name: string) => string): string {
	return text.replaceAll(/\$\{(\w+)\}/g, (_match, name: string) => valueOf(name));
}

/** Looks variables up for one line of a tape. Throws Problem `tape-variable` with the place for an unknown one. */
export function lookUp(variables: Record<string, string>, place: string): (name: string) => string {
	return name => {
		if (!Object.hasOwn(variables, name)) {
			const known = Object.keys(variables).join(', ');
			throw new Problem(
				'tape-variable',
				`${place}: the variable ${name} has no value`,
				known === '' ? 'No variables were given.' : `Given: ${known}.`,
			);
		}

		return variables[name]!;
	};
}
