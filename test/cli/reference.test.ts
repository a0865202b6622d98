// The man pages and docs/command-line.md are kept in the repository, and must say what the definitions of the commands say.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {referencePages} from '../../src/cli/reference/pages.js';
import {packageRoot} from '../../src/services/package-root.js';
import {fileOf} from '../helpers/programs.js';
import {testWith} from '../helpers/test-with.js';

const root = packageRoot();

test('the man pages and the page of the command line are up to date', async t => {
	const pages = referencePages();
	for (const [file, text] of pages) {
		t.is(await readFile(path.join(root, file), 'utf8'), text, `${file} is stale. Make it again: npm run reference`);
	}

	const names = await readdir(path.join(root, 'man'));
	t.deepEqual(
		names.toSorted(),
		[...pages.keys()]
			.filter(file => file.startsWith('man'))
			.map(file => path.basename(file))
			.toSorted(),
	);
});

test('no line of a page is longer than 140 characters', t => {
	for (const [file, text] of referencePages()) {
		t.deepEqual(
			text.split('\n').filter(line => line.length > 140),
			[],
			file,
		);
	}
});

testWith('mandoc')('mandoc finds nothing wrong in the man pages', async t => {
	const files = [...referencePages().keys()].filter(file => file.startsWith('man'));
	const {stdout} = await execa(fileOf('mandoc'), ['-T', 'lint', ...files], {cwd: root, reject: false});
	t.deepEqual(
		stdout.split('\n').filter(line => line !== '' && !line.includes('referenced manual not found: Xr tanos')),
		[],
	);
});
