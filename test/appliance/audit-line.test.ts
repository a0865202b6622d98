import test from 'ava';
import {auditLine} from '../../src/appliance/audit-line.js';

const at = new Date('2030-01-01T00:00:00Z');
const valueOf = (line: string, name: string) => (JSON.parse(line) as Record<string, unknown>)[name];

test('a long value is cut, and a mark says how long it was', t => {
	const path = valueOf(auditLine({event: 'e', path: 'x'.repeat(4096)}, at), 'path');
	t.is(path, `${'x'.repeat(1024)}[cut: 4096 characters]`);
});

test('a stack trace may be longer than other values', t => {
	t.is(String(valueOf(auditLine({event: 'crash', stack: 's'.repeat(5000)}, at), 'stack')).length, 5000);
	t.true(auditLine({event: 'crash', stack: 's'.repeat(100_000)}, at).length < 9000);
});

test('a long list is cut, and its last entry says how many more there were', t => {
	const names = Array.from({length: 120}, (_, number) => `${number}-${'n'.repeat(2000)}`);
	const shown = valueOf(auditLine({event: 'e', names}, at), 'names') as string[];
	t.is(shown.length, 51);
	t.is(shown.at(-1), '[cut: 70 more]');
	t.true(shown.every(name => name.length < 1100));
});

test('whatever a value holds, the line is bounded, has nothing that steers a terminal, and reads as the same value', t => {
	const hostile = '\u001B[2J\u007F\u0085\u009B31m\u202Egpj\u2066\u200B\u2028\n\u{E0001}\uD800"\\ä€😀';
	const line = auditLine({event: 'sign-in-refused', user: hostile, names: [hostile]}, at);
	t.notRegex(line, /[\p{C}\p{Zl}\p{Zp}]/u);
	t.true(line.includes('\\u009b31m\\u202egpj') && line.includes('ä€😀'));
	t.is(valueOf(line, 'user'), hostile);
	t.deepEqual(valueOf(line, 'names'), [hostile]);
});
