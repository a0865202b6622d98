// What ARCHITECTURE.md promises about the repository: which way imports point, how long files grow, what tests may not do,
// and that the README shows what the code says.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {keyTable} from '../../src/console/key-table.js';
import {rootMenu, type Menu} from '../../src/console/menus.js';
import {packageRoot} from '../../src/services/package-root.js';

const root = packageRoot();

/**
 * What each module may import besides itself and the base files that lie directly in src/. The folders are listed from the
 * bottom up: an import that is not here points the wrong way.
 */
const arrows: Record<string, readonly string[]> = {
	certificates: [],
	'ssh-keys': ['certificates'],
	appliance: ['ssh-keys', 'certificates'],
	platform: ['appliance', 'certificates'],
	recordings: ['appliance'],
	sftp: ['appliance', 'ssh-keys', 'certificates'],
	'ssh-client': ['sftp', 'ssh-keys'],
	'ssh-server': ['sftp', 'appliance', 'ssh-keys'],
	replay: [],
	services: ['appliance', 'certificates'],
	registration: ['services', 'appliance', 'certificates'],
	installation: ['registration', 'services', 'appliance', 'certificates'],
	health: ['installation', 'registration', 'services', 'appliance', 'certificates'],
	console: ['health', 'array', 'ssh-client', 'registration', 'installation', 'services', 'appliance', 'ssh-keys', 'certificates'],
	replace: ['replay', 'ssh-client', 'services', 'certificates'],
	screens: ['console'],
	array: ['health', 'registration', 'installation', 'ssh-client', 'services', 'appliance', 'ssh-keys', 'certificates'],
	'tanos-commands': [
		'recordings',
		'health',
		'console',
		'array',
		'registration',
		'installation',
		'services',
		'appliance',
		'ssh-keys',
		'certificates',
	],
	cli: [
		'screens',
		'health',
		'array',
		'tanos-commands',
		'replace',
		'replay',
		'recordings',
		'ssh-server',
		'ssh-client',
		'sftp',
		'console',
		'registration',
		'installation',
		'services',
		'appliance',
		'ssh-keys',
		'certificates',
	],
};

/** Modules that only these folders may import. */
const reserved: Record<string, readonly string[]> = {
	'node:child_process': ['services', 'cli'],
	execa: ['services', 'cli'],
	'@lydell/node-pty': ['replay'],
	'node:sqlite': ['appliance'],
	'node:worker_threads': ['certificates'],
	'node:fs': ['appliance', 'platform', 'recordings', 'sftp', 'replay', 'services', 'installation', 'cli'],
	'node:fs/promises': [
		'appliance',
		'platform',
		'recordings',
		'sftp',
		'ssh-client',
		'ssh-server',
		'replay',
		'services',
		'registration',
		'installation',
		'health',
		'array',
		'console',
		'tanos-commands',
		'cli',
	],
	'node:http': ['platform', 'registration'],
	'node:https': ['platform', 'registration'],
	'node:tls': ['certificates', 'platform', 'services', 'installation'],
	ssh2: ['ssh-server', 'ssh-client', 'ssh-keys'],
	'node-forge': ['certificates'],
	ink: ['screens'],
	'ink-select-input': ['screens'],
};

const maxLines = 250;

async function filesUnder(folder: string): Promise<string[]> {
	const entries = await readdir(path.join(root, folder), {recursive: true, withFileTypes: true});
	return entries
		.filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
		.map(entry => path.relative(root, path.join(entry.parentPath, entry.name)));
}

async function sources(): Promise<Array<{file: string; module: string; text: string}>> {
	const files = [...(await filesUnder('src')), ...(await filesUnder('screens'))];
	return Promise.all(files.map(async file => ({file, module: moduleOf(file), text: await readFile(path.join(root, file), 'utf8')})));
}

function moduleOf(file: string): string {
	const [top = '', module = ''] = file.split(path.sep);
	return top === 'src' ? module : top;
}

/** The modules that a file loads; types leave no arrow behind in a program, but they do in a reader's head. */
function importsOf(text: string): string[] {
	return [...text.matchAll(/(?:from|import\(?) ?'([^']+)'/g)].map(([, name]) => name!);
}

test('imports point down only', async t => {
	for (const {file, module, text} of await sources()) {
		for (const name of importsOf(text).filter(name => name.startsWith('.'))) {
			const target = path.normalize(path.join(path.dirname(file), name));
			const to = moduleOf(target);
			t.true(module === to || to.endsWith('.js') || (arrows[module] ?? []).includes(to), `${file} imports ${name}`);
		}
	}
});

test('some packages may be imported by some folders only', async t => {
	for (const {file, module, text} of await sources()) {
		for (const name of importsOf(text)) {
			t.true(reserved[name]?.includes(module) ?? true, `${file} imports ${name}`);
		}
	}
});

/** Which folders may open TCP connections or listen; others use node:net to tell addresses from names. */
const opensSockets = ['appliance', 'platform', 'services', 'ssh-client', 'ssh-server'];

test('sockets are opened by some folders only', async t => {
	for (const {file, module, text} of await sources()) {
		if (/import (?!type)\{[^}]*\b(?:createServer|connect)\b[^}]*\} from 'node:net'/.test(text)) {
			t.true(opensSockets.includes(module), file);
		}
	}
});

test('no file is longer than 250 lines', async t => {
	for (const file of [
		...(await filesUnder('src')),
		...(await filesUnder('screens')),
		...(await filesUnder('test')),
		...(await filesUnder('bench')),
	]) {
		const {length} = (await readFile(path.join(root, file), 'utf8')).split('\n');
		t.true(length <= maxLines + 1, `${file} has ${length} lines`);
	}
});

test('nothing below an entry point prints or exits', async t => {
	const entries = new Set([path.join('src', 'platform', 'program.ts')]);
	for (const {file, module, text} of await sources()) {
		if (module !== 'cli' && !entries.has(file)) {
			t.notRegex(text, /console\.(?:log|error|warn)|process\.(?:exit\(|stdout\.write|stderr\.write)/, file);
		}
	}
});

/** The only place that may skip a test: one whose program is missing. */
const skipping = path.join('test', 'helpers', 'test-with.ts');

/** It kills processes at random moments, which it has to wait for. */
const campaign = path.join('test', 'kill');

test('no test waits for time, and none is left out', async t => {
	for (const file of await filesUnder('test')) {
		const text = await readFile(path.join(root, file), 'utf8');
		if (!file.includes('fixtures') && !file.includes('architecture') && !file.startsWith(campaign)) {
			t.notRegex(text, /setTimeout|setInterval|node:timers/, file);
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

test('the documentation shows the keys and the chosen menu entries as the tables have them', async t => {
	const keys = await readFile(path.join(root, 'docs', 'keys.md'), 'utf8');
	for (const {keys: key, does} of keyTable) {
		t.true(keys.includes(`| ${key} | ${does} |`), key);
	}

	const chosen = chosenIn(rootMenu, []);
	t.true(chosen.length > 5);
	const documented = await readFile(path.join(root, 'docs', 'tanos.md'), 'utf8');
	for (const {path: keys, label} of chosen) {
		t.true(documented.includes(`| \`${keys}\` | ${label} |`), keys);
	}
});

function chosenIn({items}: Menu, above: readonly string[]): Array<{path: string; label: string}> {
	return items.flatMap(item => {
		const here = [...above, item.key];
		return [
			...(item.provenance === 'chosen' ? [{path: here.join('-'), label: item.label}] : []),
			...('menu' in item ? chosenIn(item.menu, here) : []),
		];
	});
}
