import test from 'ava';
import {Problem} from '../../src/problem.js';
import {wordsIn} from '../../src/tanos-commands/words.js';

const lines: Array<[string, string[]]> = [
	['', []],
	['  report   info ', ['report', 'info']],
	["soap request 'a.example.com, b.example.com'", ['soap', 'request', 'a.example.com, b.example.com']],
	['a "b c"d\'e\'', ['a', 'b cde']],
	['a "" b', ['a', '', 'b']],
	['$(reboot) `id` a;b && *', ['$(reboot)', '`id`', 'a;b', '&&', '*']],
];

for (const [line, words] of lines) {
	test(`the words of ${JSON.stringify(line)}`, t => {
		t.deepEqual(wordsIn(line), words);
	});
}

test('a quote without an end, a line end, a control character and an endless line are refused', t => {
	for (const line of ['a "b', 'a\nb', 'a\u0000b', 'a\u001B[2J', 'x'.repeat(5000)]) {
		t.is(t.throws(() => wordsIn(line), {instanceOf: Problem}).code, 'usage');
	}
});
