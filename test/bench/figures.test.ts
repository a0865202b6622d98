import {readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type {FiguresDocument} from '../../bench/document.js';
import {aimFor, figureOf, formatAim, formatMet, formatRatio, formatValue, ratioAim} from '../../bench/figure.js';
import {markdownOf} from '../../bench/markdown.js';
import {figureLine, headLines, summaryLines, titleLines} from '../../bench/report.js';
import {median, quantile} from '../../bench/statistics.js';
import {packageRoot} from '../../src/services/package-root.js';

const docs = path.join(packageRoot(), 'docs');
const document = JSON.parse(await readFile(path.join(docs, 'figures.json'), 'utf8')) as FiguresDocument;

test('docs/figures.md is what docs/figures.json gives', async t => {
	t.is(await readFile(path.join(docs, 'figures.md'), 'utf8'), markdownOf(document, 'figures.json'), 'Run: npm run bench:table');
});

test('docs/figures.json says of each figure that has an aim whether it is met', t => {
	for (const {figures} of document.benchmarks) {
		for (const figure of figures) {
			t.deepEqual(figureOf(figure), figure, figure.what);
		}
	}
});

test('the report of a run has lines of at most 80 columns', t => {
	const {benchmarks} = document;
	const titles = benchmarks.flatMap(entry => titleLines(entry));
	const figures = benchmarks.flatMap(({figures}) => figures.map(figure => figureLine(figure)));
	for (const line of [...headLines(document), ...titles, ...figures, ...summaryLines(benchmarks)]) {
		t.true(line.length <= 80, line);
	}
});

test('an aim is met or missed', t => {
	const met = (aim: ReturnType<typeof aimFor>) => figureOf({what: 'x', unit: 'ms', tanos: 10, peer: 20, aim}).met;
	t.deepEqual([met(aimFor('at most', 10)), met(aimFor('under', 10))], [true, false]);
	t.deepEqual([met(aimFor('at least', 10)), met(aimFor('at least', 11))], [true, false]);
	t.deepEqual([met(ratioAim('at most', 0.5)), met(ratioAim('under', 0.5)), met(ratioAim('at least', 0.6))], [true, false, false]);
});

test('an aim for a ratio without a peer is not met', t => {
	t.false(figureOf({what: 'x', unit: 'ms', tanos: 10, aim: ratioAim('at most', 100)}).met);
});

test('what is not a number is no figure', t => {
	t.throws(() => figureOf({what: 'x', unit: 'ms', tanos: Number.NaN}), {instanceOf: TypeError, message: /^x: measured NaN/});
	t.throws(() => figureOf({what: 'x', unit: 'ms', tanos: 1, peer: 0}), {instanceOf: TypeError});
});

test('values, ratios and aims as they are shown', t => {
	t.deepEqual([formatValue(2.94, 'ms'), formatValue(248.4, 'ms')], ['2.9 ms', '248 ms']);
	t.deepEqual([formatValue(0.678, 's'), formatValue(219, ''), formatValue(undefined, 'ms')], ['0.68 s', '219', '']);
	t.deepEqual([formatRatio(0.0234), formatRatio(1.125), formatRatio(undefined)], ['0.023', '1.13', '']);
	const figure = figureOf({what: 'x', unit: 'ms', tanos: 17, aim: aimFor('at most', 16)});
	t.deepEqual([formatAim(figure), formatMet(figure)], ['at most 16 ms', 'MISSED']);
});

test('quantiles', t => {
	const samples = Array.from({length: 100}, (_, index) => 100 - index);
	t.is(median(samples), 51);
	t.is(quantile(samples, 0.99), 100);
	t.is(median([3]), 3);
	t.is(median([]), Number.NaN);
});
