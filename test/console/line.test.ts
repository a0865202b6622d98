import test from 'ava';
import {editLine, splitAtCursor, type EditedLine} from '../../src/console/line.js';
import {keysOf} from './typist.js';

const maxLength = 16;

/** The line after these keys, with a bar for the cursor unless it is at the end. */
function typed(input: string, before = ''): string {
	const start: EditedLine = {text: before, behind: 0};
	const line = keysOf(input).reduce((line, key) => editLine(line, key, maxLength) ?? line, start);
	const [left, right] = splitAtCursor(line);
	return right === '' ? left : `${left}|${right}`;
}

test('text is added at the end', t => {
	t.is(typed('2-4'), '2-4');
});

test('Backspace erases one character, however many bytes it has', t => {
	t.is(typed('a😀\u007F'), 'a');
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
	const line = typed('x'.repeat(maxLength + 10));
	t.is(line.length, maxLength);
	t.is(typed('\u007F', line).length, maxLength - 1);
});

test('keys that do not edit give undefined', t => {
	for (const key of keysOf('\r\t\u0003\u001B[A\u001B[5~\u001B')) {
		t.is(editLine({text: 'line', behind: 0}, key, maxLength), undefined, key.name);
	}
});

const [left, right, home, end, erase] = ['[D', '[C', '[H', '[F', '[3~'].map(rest => `\u001B${rest}`);
const [ctrlA, ctrlE, ctrlK, ctrlU, ctrlW] = ['\u0001', '\u0005', '\u000B', '\u0015', '\u0017'];

test('the cursor moves by characters, to the start and to the end, and text goes in where it is', t => {
	t.is(typed(`a😀c${left}${left}`), 'a|😀c');
	t.is(typed(`a😀c${left}${left}x`), 'ax|😀c');
	t.is(typed(`abc${left}${left}${right}`), 'ab|c');
	t.is(typed(`abc${home}x`), 'x|abc');
	t.is(typed(`abc${ctrlA}${end}x`), 'abcx');
	t.is(typed(`abc${home}${ctrlE}x`), 'abcx');
	t.is(typed(`ab${left}${left}${left}x`), 'x|ab', 'not before the start');
	t.is(typed(`ab${right}x`), 'abx', 'not behind the end');
});

test('what is erased depends on the cursor', t => {
	t.is(typed(`abc${left}\u007F`), 'a|c');
	t.is(typed(`abc${home}${erase}`), '|bc');
	t.is(typed(`abc${erase}`), 'abc', 'nothing is under the cursor');
	t.is(typed(`abc${left}${ctrlK}`), 'ab');
	t.is(typed(`abc${left}${ctrlU}`), '|c');
	t.is(typed(`one two three${left}${left}${left}${left}${left}${ctrlW}`), 'one |three');
});

test('where nothing is typed, the keys that move the cursor do not edit', t => {
	for (const key of keysOf(`${left}${right}${home}${end}${erase}`)) {
		t.is(editLine({text: '', behind: 0}, key, maxLength), undefined, key.name);
	}
});
