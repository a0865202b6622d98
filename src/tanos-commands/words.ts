import {usage} from './command.js';

const longest = 4096;

/**
 * The words of a command as a client sends it in one string: separated by spaces, with '...' and "..." around those that hold some.
 * Nothing is ever expanded or run. Throws Problem `usage` for a line end, a control character or a quote that never ends.
 */
export function wordsIn(line: string): string[] {
	if (line.length > longest || /[\p{Cc}]/u.test(line.trim())) {
		throw usage('A command is one line of printable characters.');
	}

	const words: string[] = [];
	for (let rest = line.trim(); rest !== '';) {
		const word = /^(?:[^\s'"]|'[^']*'|"[^"]*")+/.exec(rest)?.[0];
		if (word === undefined) {
			throw usage('A quote in the command never ends.');
		}

		words.push(word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
		rest = rest.slice(word.length).trimStart();
	}

	return words;
}
