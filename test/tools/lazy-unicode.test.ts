import path from 'node:path';
import test from 'ava';
import {packageRoot} from '../../src/services/package-root.js';

type Stand = {LazySegmenter: typeof Intl.Segmenter; lazyEmojiPattern: {test(text: string): boolean}};

const {LazySegmenter, lazyEmojiPattern} = (await import(path.join(packageRoot(), 'tools', 'lazy-unicode.js'))) as Stand;
const texts = [
	'',
	'a',
	'TanOS  ts1.example.com',
	'\u001B[1mbold\u001B[22m\n\ttab\r\nend',
	'e\u0301a\u0308',
	'漢字',
	'👩‍👩‍👧 family',
	'x'.repeat(300),
];

test('text falls into the same graphemes as with the real segmenter', t => {
	const [lazy, real] = [new LazySegmenter(undefined, {granularity: 'grapheme'}), new Intl.Segmenter(undefined, {granularity: 'grapheme'})];
	for (const text of texts) {
		t.deepEqual([...lazy.segment(text)], [...real.segment(text)], text);
		for (const index of [0, 1, 2, text.length - 1, text.length]) {
			t.deepEqual(lazy.segment(text).containing(index), real.segment(text).containing(index), `${text} at ${index}`);
		}
	}
});

test('the same texts are emoji as with the real pattern', t => {
	for (const text of [...texts, '👍', '1️⃣', '1', '🇨🇭']) {
		t.is(lazyEmojiPattern.test(text), /^\p{RGI_Emoji}$/v.test(text), text);
	}
});
