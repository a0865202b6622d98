// What `npm pack` puts into the package: that it is complete, that it holds nothing else, and that it installs without scripts.
import {execFile} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {isBuiltin} from 'node:module';
import path from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {build} from 'esbuild';
import {packageRoot} from '../../src/services/package-root.js';

type Manifest = {
	bin: Record<string, string>;
	exports: Record<string, Record<string, string>>;
	scripts: Record<string, string>;
	dependencies: Record<string, string>;
};

const root = packageRoot();
const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Manifest;

const expected = [
	/^(?:LICENSE|README\.md|package\.json)$/,
	/^bin\/tanos\.js$/,
	/^build\/[\w-]+\.js$/,
	/^build\/THIRD-PARTY-NOTICES\.txt$/,
	/^build\/yoga-\w+\.wasm$/,
	/^build\/types\/.+\.d\.ts$/,
	/^man\/tanos[\w-]*\.1$/,
	/^packaging\/(?:tanos|(?:debian|pam-configs|rsyslog|sshd|systemd|sysusers\.d|tmpfiles\.d)\/[\w@.-]+)$/,
	/^profiles\/[\w-]+\.json$/,
	/^contrib\/ansible\/(?:[\w-]+\/)*\w+\.(?:md|yml)$/,
	/^docs\/[\w-]+\.(?:md|svg|json)$/,
	/^docs\/targets\/[a-z-]+\.json$/,
];

/** The files of the package, from the tree as it is built: without scripts nothing is built again, and nothing is downloaded. */
async function packedFiles(): Promise<string[]> {
	const {stdout} = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'], {cwd: root});
	const [packed] = JSON.parse(stdout) as [{files: Array<{path: string}>}];
	return packed.files.map(file => file.path);
}

test('the package holds what it needs, and nothing else', async t => {
	const files = await packedFiles();
	t.deepEqual(
		files.filter(file => !expected.some(pattern => pattern.test(file))),
		[],
	);
	const named = [...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap(conditions => Object.values(conditions))];
	const programs = ['tanos', 'taniumserver', 'taniummoduleserver', 'patch', 'conversion-worker'].map(name => `build/${name}.js`);
	for (const file of [...named.map(name => path.normalize(name)), ...programs, 'LICENSE', 'README.md']) {
		t.true(files.includes(file), file);
	}
});

test('what the bundle imports from outside is what the package depends on', async t => {
	const files = (await packedFiles()).filter(file => file.endsWith('.js'));
	const {metafile} = await build({
		absWorkingDir: root,
		entryPoints: files,
		outdir: 'dist/unwritten',
		bundle: true,
		write: false,
		metafile: true,
		format: 'esm',
		platform: 'node',
		packages: 'external',
		logLevel: 'error',
	});
	const imports = Object.values(metafile.outputs).flatMap(output => output.imports.filter(({external}) => external));
	// ssh2 and a module of it are loaded by a require of their own, which keeps its native part out.
	const texts = await Promise.all(files.map(async file => readFile(path.join(root, file), 'utf8')));
	const required = texts.flatMap(text => [...text.matchAll(/\brequire\d*\("(@?[a-z][\w./-]*)"\)/g)].map(([, name]) => name!));
	const packages = [...imports.map(({path: name}) => name), ...required].filter(name => !isBuiltin(name)).map(name => packageOf(name));
	t.deepEqual([...new Set(packages)].toSorted(), Object.keys(manifest.dependencies).toSorted());
});

/** The package of a module, such as `ssh2` of `ssh2/lib/client.js`. */
function packageOf(name: string): string {
	return name
		.split('/')
		.slice(0, name.startsWith('@') ? 2 : 1)
		.join('/');
}

test('installing the package runs no script of it', t => {
	for (const name of ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare']) {
		t.false(name in manifest.scripts, name);
	}
});
