import test from 'ava';
import {editLine} from '../../src/console/line.js';
import {keysOf} from './typist.js';

const maxLength = 16;

/** The line after these keys. */
function typed(input: string, before = ''): string | undefined {
	return keysOf(input).reduce<string | undefined>((line, key) => editLine(line ?? '', key, maxLength), before);
}

test('text is added at the end', t => {
	t.is(typed('2-4'), '2-4');
});

test('Backspace and Delete erase one character, however many bytes it has', t => {
	t.is(typed('a😀\u007F'), 'a');
	t.is(typed('ab\u001B[3~'), 'a');
	t.is(typed('\u007F'), '');
});

test('Ctrl+W erases the last word and the blanks after it', t => {
	t.is(typed('\u0017', 'one two  '), 'one ');
	t.is(typed('\u0017\u0017', 'one two'), '');
	t.is(typed('\u0017', ''), '');
});

test('Ctrl+U erases the line', t => {
	t.is(typed('\u0015', 'one two'), '');
});

test('a line of the maximum length takes no more text, and can still be erased', t => {
	const line = typed('x'.repeat(maxLength + 10))!;
	t.is(line.length, maxLength);
	t.is(typed('\u007F', line)!.length, maxLength - 1);
});

test('keys that do not edit give undefined', t => {
	for (const key of keysOf('\r\t\u0003\u001B[A\u001B[5~\u001B')) {
		t.is(editLine('line', key, maxLength), undefined, key.name);
	}
});
