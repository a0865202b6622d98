// The pictures in docs/ are those that `npm run pictures` makes of the console as it is.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {packageRoot} from '../../src/services/package-root.js';
import {makePictures} from '../pictures/pictures.js';

const docs = path.join(packageRoot(), 'docs');

test('the pictures show the console as it is; if not: npm run pictures', async t => {
	const made = await makePictures(t);
	const names = (await readdir(docs)).filter(name => name.endsWith('.md')).map(name => path.join(docs, name));
	const pages = (await Promise.all([path.join(packageRoot(), 'README.md'), ...names].map(async page => readFile(page, 'utf8')))).join('');
	for (const [name, svg] of Object.entries(made)) {
		t.is(await readFile(path.join(docs, name), 'utf8'), svg, name);
		t.notRegex(svg, /<script|url\(|href=|@import/, name);
		t.true(pages.includes(name), `${name} is on no page`);
	}

	t.deepEqual((await readdir(docs)).filter(name => name.endsWith('.svg')).toSorted(), Object.keys(made).toSorted());
});
