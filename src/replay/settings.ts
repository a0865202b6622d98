import {parsePattern} from './pattern.js';
import type {Scanner} from './scanner.js';
import type {Action, Settings} from './tape.js';
import {durationOf, durationWords, filmSizeOf, quotedText} from './values.js';

const readers: Record<string, (scanner: Scanner) => Partial<Settings>> = {
	Width: scanner => size('columns', scanner),
	Height: scanner => size('rows', scanner),
	WaitTimeout: scanner => ({waitTimeout: durationOf(scanner.expect(durationWords, 'a time such as 10s'))}),
	WaitPattern: scanner => ({waitPattern: parsePattern(scanner) ?? scanner.fail('a pattern such as /done/')}),
	TypingSpeed: scanner => ({typingSpeed: durationOf(scanner.expect(durationWords, 'a time such as 50ms'))}),
	ReadyMark: scanner => ({readyMark: scanner.expect(/(true|false)\b/, 'true or false')[0] === 'true'}),
};

/** Settings of VHS that say how a film looks. They are read and left out. */
const ofFilms = new Set([
	'BorderRadius', 'CursorBlink', 'FontFamily', 'FontSize', 'Framerate', 'LetterSpacing', 'LineHeight', 'LoopOffset', 'Margin',
	'MarginFill', 'Padding', 'PlaybackSpeed', 'Shell', 'Theme', 'WindowBar', 'WindowBarSize',
]);

function size(of: 'columns' | 'rows', scanner: Scanner): Partial<Settings> {
	const number = filmSizeOf(scanner, of);
	return number === undefined ? {} : {[of]: number};
}

/** Reads what follows `Set`. */
export function parseSetting(scanner: Scanner): Action | undefined {
	const known = [...Object.keys(readers), ...ofFilms].join('|');
	const name = scanner.expect(new RegExp(`(?:${known})(?=\\s|$)`), `one of the settings ${Object.keys(readers).join(', ')}`)[0];
	const read = readers[name];
	if (read) {
		return {do: 'set', settings: read(scanner)};
	}

	if (quotedText(scanner) === undefined) {
		scanner.expect(/\{[^}]*\}|[^\s#]\S*/, `a value for ${name}`);
	}

	return undefined;
}
