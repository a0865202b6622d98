import test from 'ava';
import {escapeJson, listed, quoted, sanitise} from '../src/sanitise.js';

test('an escape sequence is spelled out', t => {
	t.is(sanitise('\u{1B}[2Jhello\u{7}\r\n'), String.raw`\x1b[2Jhello\x07\x0d\x0a`);
});

test('controls of the upper half are spelled out, for some terminals obey them too', t => {
	t.is(sanitise('a\u{9B}31mb'), String.raw`a\x9b31mb`);
});

test('characters that turn or hide text are spelled out', t => {
	for (const character of ['\u{202E}', '\u{2066}', '\u{200F}', '\u{61C}', '\u{200B}', '\u{FEFF}', '\u{2028}', '\u{E0041}', '\u{D800}']) {
		t.regex(sanitise(`a${character}b`), /^a\\[xu][\da-f{}]+b$/, `U+${character.codePointAt(0)?.toString(16)}`);
	}
});

test('ordinary text of any language is left alone', t => {
	const text = 'O=Müller & Söhne, L=東京, CN=*.example.com 🙂';
	t.is(sanitise(text), text);
});

test('a quoted value is shown whole, unless it is absurdly long', t => {
	t.is(quoted('a'.repeat(253)), `"${'a'.repeat(253)}"`);
	t.true(quoted('a'.repeat(50_000)).length < 500);
	t.regex(quoted('a'.repeat(50_000)), /50000 characters/);
});

test('a list says how many it does not show', t => {
	t.is(listed([]), 'none');
	t.is(listed(['a', 'b\u{1B}']), String.raw`a, b\x1b`);
	t.regex(listed(Array.from({length: 40}, (_, index) => `n${index}`)), /n11 and 28 more$/);
});

test('JSON stays the same value with its escapes', t => {
	const value = {text: 'a\u009B\u202E\u{E0001}ä\n"'};
	t.is(escapeJson(JSON.stringify(value)), '{"text":"a\\u009b\\u202e\\udb40\\udc01ä\\n\\""}');
	t.deepEqual(JSON.parse(escapeJson(JSON.stringify(value))), value);
});
