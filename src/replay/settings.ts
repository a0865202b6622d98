import type {Action, Settings} from './action.js';
import {parsePattern} from './pattern.js';
import type {Scanner} from './scanner.js';
import {durationOf, durationPattern, videoSizeOf, quotedText} from './values.js';

const parsers: Record<string, (scanner: Scanner) => Partial<Settings>> = {
	Width: scanner => parseSize('columns', scanner),
	Height: scanner => parseSize('rows', scanner),
	WaitTimeout: scanner => ({waitTimeout: durationOf(scanner.expect(durationPattern, 'a time such as 10s'))}),
	WaitPattern: scanner => ({waitPattern: parsePattern(scanner) ?? scanner.fail('a pattern such as /done/')}),
	TypingSpeed: scanner => ({typingSpeed: durationOf(scanner.expect(durationPattern, 'a time such as 50ms'))}),
	QuietTime: scanner => ({quietTime: durationOf(scanner.expect(durationPattern, 'a time such as 300ms'))}),
	ReadyMark: scanner => ({readyMark: scanner.expect(/(true|false)\b/, 'true or false')[0] === 'true'}),
};

/** Settings of VHS for the look of a video. They are skipped. */
const videoSettings = new Set([
	'BorderRadius',
	'CursorBlink',
	'FontFamily',
	'FontSize',
	'Framerate',
	'LetterSpacing',
	'LineHeight',
	'LoopOffset',
	'Margin',
	'MarginFill',
	'Padding',
	'PlaybackSpeed',
	'Shell',
	'Theme',
	'WindowBar',
	'WindowBarSize',
]);

function parseSize(of: 'columns' | 'rows', scanner: Scanner): Partial<Settings> {
	const number = videoSizeOf(scanner, of);
	return number === undefined ? {} : {[of]: number};
}

/** Reads what follows `Set`. Returns undefined for a setting that has no effect. */
export function parseSetting(scanner: Scanner): Action | undefined {
	const known = [...Object.keys(parsers), ...videoSettings].join('|');
	const name = scanner.expect(new RegExp(`(?:${known})(?=\\s|$)`), `one of the settings ${Object.keys(parsers).join(', ')}`)[0];
	const parse = parsers[name];
	if (parse) {
		return {do: 'set', settings: parse(scanner)};
	}

	if (quotedText(scanner) === undefined) {
		scanner.expect(/\{[^}]*\}|[^\s#]\S*/, `a value for ${name}`);
	}

	return undefined;
}
