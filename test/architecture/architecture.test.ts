// The repository checks its own manners: which way imports point, how long files grow, what tests may not do, and that
// what the README shows is what the code says.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {keyTable} from '../../src/console/key-table.js';
import {rootMenu, type Menu} from '../../src/console/menus.js';
import {packageRoot} from '../../src/services/package-root.js';

const root = packageRoot();

/** What each room may import, beside itself and src/problem.ts. An arrow that is not here points the wrong way. */
const arrows: Record<string, readonly string[]> = {
	certificates: [],
	appliance: ['certificates'],
	platform: ['appliance', 'certificates'],
	services: ['appliance', 'certificates'],
	registration: ['services', 'appliance', 'certificates'],
	installation: ['services', 'appliance', 'certificates'],
	console: ['installation', 'registration', 'services', 'appliance', 'certificates'],
	screens: ['console'],
	ssh: ['appliance', 'certificates'],
	replay: ['console'],
	'command-line': ['console', 'installation', 'registration', 'services', 'appliance', 'certificates'],
	cli: ['screens', 'ssh', 'replay', 'command-line', 'console', 'installation', 'registration', 'services', 'appliance', 'certificates'],
};

/** Modules that only these rooms may import. */
const reserved: Record<string, readonly string[]> = {
	'node:child_process': ['services', 'cli'],
	execa: ['services', 'cli'],
	ssh2: ['ssh', 'replay'],
	'node-forge': ['certificates'],
	ink: ['screens'],
	'ink-select-input': ['screens'],
};

const wall = 250;

async function filesUnder(folder: string): Promise<string[]> {
	const entries = await readdir(path.join(root, folder), {recursive: true, withFileTypes: true});
	return entries
		.filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
		.map(entry => path.relative(root, path.join(entry.parentPath, entry.name)));
}

async function sources(): Promise<Array<{file: string; room: string; text: string}>> {
	const files = [...await filesUnder('src'), ...await filesUnder('screens')];
	return Promise.all(files.map(async file => ({file, room: roomOf(file), text: await readFile(path.join(root, file), 'utf8')})));
}

function roomOf(file: string): string {
	const [top = '', room = ''] = file.split(path.sep);
	return top === 'src' ? room : top;
}

/** The modules that a file loads; types leave no arrow behind in a program, but they do in a reader's head. */
function importsOf(text: string): string[] {
	return [...text.matchAll(/(?:from|import\(?) ?'([^']+)'/g)].map(([, name]) => name!);
}

test('imports point down only', async t => {
	for (const {file, room, text} of await sources()) {
		for (const name of importsOf(text).filter(name => name.startsWith('.'))) {
			const target = path.normalize(path.join(path.dirname(file), name));
			const to = roomOf(target);
			t.true(room === to || target === path.join('src', 'problem.js') || room.includes('.') || (arrows[room] ?? []).includes(to), `${file} imports ${name}`);
		}
	}
});

test('some modules belong to some rooms', async t => {
	for (const {file, room, text} of await sources()) {
		for (const name of importsOf(text)) {
			t.true(reserved[name]?.includes(room) ?? true, `${file} imports ${name}`);
		}
	}
});

test('no file goes through the wall', async t => {
	for (const file of [...await filesUnder('src'), ...await filesUnder('screens'), ...await filesUnder('test'), ...await filesUnder('bench')]) {
		const {length} = (await readFile(path.join(root, file), 'utf8')).split('\n');
		t.true(length <= wall + 1, `${file} has ${length} lines`);
	}
});

test('nothing below an entry point prints or exits', async t => {
	const entries = new Set([path.join('src', 'platform', 'program.ts')]);
	for (const {file, room, text} of await sources()) {
		if (room !== 'cli' && !entries.has(file)) {
			t.notRegex(text, /console\.(?:log|error|warn)|process\.(?:exit\(|stdout\.write|stderr\.write)/, file);
		}
	}
});

/** Where tests are skipped for which a program is missing; nowhere else is one. */
const skipping = path.join('test', 'helpers', 'test-with.ts');

test('no test waits for time, and none is left out', async t => {
	for (const file of await filesUnder('test')) {
		const text = await readFile(path.join(root, file), 'utf8');
		if (!file.includes('fixtures') && !file.includes('manners')) {
			t.notRegex(text, /setTimeout|setInterval|timers\/promises/, file);
			t.notRegex(text, /\.(?:only|failing|todo)\b/, file);
			if (file !== skipping) {
				t.notRegex(text, /\.skip\b/, file);
			}
		}
	}
});

test('no snapshot stands without its test', async t => {
	const entries = await readdir(path.join(root, 'snapshots'), {recursive: true, withFileTypes: true});
	const tests = new Set(await filesUnder('test'));
	for (const entry of entries.filter(({name}) => name.endsWith('.md'))) {
		const source = path.relative(path.join(root, 'snapshots'), path.join(entry.parentPath, entry.name)).replace(/\.md$/, '');
		t.true(tests.has(source), source);
	}
});

test('the README shows the keys and the chosen menu entries as the tables have them', async t => {
	const readme = await readFile(path.join(root, 'README.md'), 'utf8');
	for (const {keys, does} of keyTable) {
		t.true(readme.includes(`| ${keys} | ${does} |`), keys);
	}

	const chosen = chosenIn(rootMenu, []);
	t.true(chosen.length > 5);
	for (const entry of chosen) {
		t.true(readme.includes(`\`${entry}\``), entry);
	}
});

function chosenIn({items}: Menu, above: readonly string[]): string[] {
	return items.flatMap(item => {
		const here = [...above, item.key];
		return [...(item.provenance === 'chosen' ? [here.join('-')] : []), ...('menu' in item ? chosenIn(item.menu, here) : [])];
	});
}
