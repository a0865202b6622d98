import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {packageRoot} from '../../src/services/package-root.js';
import {temporaryFolder} from '../helpers/sandbox.js';

type Metafile = {outputs: Record<string, {inputs: Record<string, {bytesInOutput: number}>}>};
type Tool = {thirdPartyNotices(metafile: Metafile, options: {root: string; declared: string}): string};

const {thirdPartyNotices} = (await import(path.join(packageRoot(), 'tools', 'third-party-notices.js'))) as Tool;

/** Makes packages, each with these files beside its package.json, and returns the notices for a bundle of these inputs. */
async function noticesFor(
	t: ExecutionContext,
	{
		packages,
		inputs,
		declared = {},
	}: {packages: Record<string, Record<string, string>>; inputs: Record<string, number>; declared?: Record<string, string>},
): Promise<() => string> {
	const root = await temporaryFolder(t);
	const write = async (file: string, text: string) => {
		await mkdir(path.dirname(path.join(root, file)), {recursive: true});
		await writeFile(path.join(root, file), text);
	};

	for (const [folder, files] of Object.entries({'node_modules/esbuild': {'LICENSE.md': "The bundler's license."}, ...packages})) {
		const name = folder.replace(/^.*node_modules\//, '');
		await write(`${folder}/package.json`, JSON.stringify({name, version: '1.2.3', license: 'MIT'}));
		for (const [file, text] of Object.entries(files)) {
			await write(`${folder}/${file}`, text);
		}
	}

	for (const [file, text] of Object.entries(declared)) {
		await write(`declared/${file}`, text);
	}

	const entries = Object.entries(inputs).map(([file, bytesInOutput]) => [file, {bytesInOutput}]);
	const metafile = {outputs: {'build/tanos.js': {inputs: Object.fromEntries(entries) as Metafile['outputs'][string]['inputs']}}};
	return () => thirdPartyNotices(metafile, {root, declared: path.join(root, 'declared')});
}

test('each package whose code is in the bundle is there with its license and notice', async t => {
	const notices = await noticesFor(t, {
		packages: {
			'node_modules/one': {license: 'License of one.\r\n', 'NOTICE.txt': 'Notice of one.'},
			'node_modules/@scope/two': {'LICENCE.md': 'License of two.'},
			'node_modules/one/node_modules/three': {COPYING: 'License of three.', 'license.js': 'not asked'},
			'node_modules/unused': {},
		},
		inputs: {
			'src/cli/main.ts': 10,
			'node_modules/one/index.js': 1,
			'node_modules/@scope/two/dist/index.js': 1,
			'node_modules/one/node_modules/three/lib/index.js': 1,
			'node_modules/unused/index.js': 0,
		},
	});
	const text = notices();
	t.regex(text, /\n\none 1\.2\.3\n\nLicense of one\.\n\nNotice of one\.\n\n-/);
	t.regex(text, /\n\n@scope\/two 1\.2\.3\n\nLicense of two\.\n\n-/);
	t.regex(text, /\n\nthree 1\.2\.3\n\nLicense of three\.\n/);
	t.regex(text, /\n\nesbuild 1\.2\.3\n\nThe bundler's license\.\n\n-/);
	t.notRegex(text, /unused|src|\r/);
});

test('a package without a license needs a declared one of its version', async t => {
	const packages = {'node_modules/@scope/bare': {NOTICE: 'a notice is no license'}, 'node_modules/empty': {LICENSE: ' \n'}};
	const inputs = {'node_modules/@scope/bare/index.js': 1, 'node_modules/empty/index.js': 1};
	const message =
		/^No license file comes with @scope\/bare@1\.2\.3 \(its package\.json says: MIT\), empty@1\.2\.3 .* Add its text to declared\.$/;
	t.throws(await noticesFor(t, {packages, inputs}), {message});
	t.throws(await noticesFor(t, {packages, inputs, declared: {'@scope+bare@1.2.2.txt': 'old', 'empty@1.2.3.txt': ''}}), {message});
	const text = (await noticesFor(t, {packages, inputs, declared: {'@scope+bare@1.2.3.txt': 'Declared.', 'empty@1.2.3.txt': 'Also.'}}))();
	t.regex(text, /@scope\/bare 1\.2\.3\n\nDeclared\.\n\na notice is no license\n/);
	t.regex(text, /empty 1\.2\.3\n\nAlso\.\n/);
});

test('the build comes with the notices of its packages', async t => {
	const text = await readFile(path.join(packageRoot(), 'build', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
	const {devDependencies} = JSON.parse(await readFile(path.join(packageRoot(), 'package.json'), 'utf8')) as {
		devDependencies: Record<string, string>;
	};
	for (const name of ['ink', 'ink-select-input', 'react', 'execa', 'string-width', 'wrap-ansi']) {
		t.true(text.includes(`\n\n${name} ${devDependencies[name]}\n\n`), name);
	}

	t.regex(text, /\n\nyoga-layout [\d.]+\n\nMIT License\n\nCopyright \(c\) Meta Platforms, Inc\. and affiliates\.\n/);
});
