// Changes to bundled libraries, so that the console's first frame does not wait for code that it does not need. Each plugin changes
// one file or one import, and fails the build when a new version of the library differs from what it expects.
import {readFileSync} from 'node:fs';

/** Replaces `text`, which must occur exactly once, in a file of a library. */
function replaceOnce(file, contents, text, replacement) {
	if (contents.split(text).length !== 2) {
		throw new Error(`${file} does not contain ${text} exactly once: check whether tools/bundle-plugins.js still needs to change it.`);
	}

	return contents.replace(text, () => replacement);
}

/** Makes string-width build its table of emoji when it is first used; see lazy-unicode.js. */
export const lazyEmoji = {
	name: 'lazy-emoji',
	setup({onLoad}) {
		onLoad({filter: /[/\\]string-width[/\\]index\.js$/}, ({path}) => ({
			contents: replaceOnce(path, readFileSync(path, 'utf8'), '/^\\p{RGI_Emoji}$/v', 'lazyEmojiPattern'),
			loader: 'js',
		}));
	},
};

/** Passes an instance to Emscripten's loader, which would otherwise fetch the data: URI. */
const instantiateFromFile = `
import yogaFile from 'yoga.wasm';
import {readFileSync} from 'node:fs';

function instantiateWasm(imports, receive) {
	const bytes = readFileSync(new URL(yogaFile, import.meta.url));
	receive(new WebAssembly.Instance(new WebAssembly.Module(bytes), imports));
}
`;

/**
 * Moves the WebAssembly of Yoga, Ink's layout engine, from a data: URI in its source to a separate file that is read
 * synchronously. The URI would be loaded by fetch, for which Node loads its whole HTTP client.
 */
export const yogaFromFile = {
	name: 'yoga-from-file',
	setup({onLoad, onResolve}) {
		const dataUri = /"data:application\/octet-stream;base64,([A-Za-z0-9+/=]{1000,})"/;
		onLoad({filter: /[/\\]yoga-wasm-base64-esm\.js$/}, ({path}) => {
			const source = readFileSync(path, 'utf8');
			const withoutUri = replaceOnce(path, source, dataUri.exec(source)?.[0] ?? dataUri.source, '""');
			const contents = replaceOnce(path, withoutUri, 'loadYoga = loadYoga || {};', 'loadYoga = {instantiateWasm};');
			return {contents: instantiateFromFile + contents, loader: 'js'};
		});
		onResolve({filter: /^yoga\.wasm$/}, ({importer}) => ({path: 'yoga.wasm', namespace: 'yoga', pluginData: importer}));
		onLoad({filter: /./, namespace: 'yoga'}, ({pluginData}) => {
			const [, base64] = dataUri.exec(readFileSync(pluginData, 'utf8'));
			return {contents: Buffer.from(base64, 'base64'), loader: 'file'};
		});
	},
};

const call = (module, name) => `(...words) => process.getBuiltinModule('${module}').${name}(...words)`;

/** Replacements for builtin modules, in libraries that import them at their start but use them later or never. */
const deferred = [
	{
		library: 'terminal-size',
		module: 'node:child_process',
		contents: `export const execFileSync = ${call('node:child_process', 'execFileSync')};`,
	},
	{
		library: 'cli-truncate',
		module: 'node:util',
		contents: `export const stripVTControlCharacters = ${call('node:util', 'stripVTControlCharacters')};`,
	},
	{
		library: 'ink-select-input',
		module: 'node:util',
		contents: `export const isDeepStrictEqual = ${call('node:util', 'isDeepStrictEqual')};`,
	},
	{
		library: 'ink',
		module: 'node:util',
		contents: `export const types = new Proxy({}, {get: (none, name) => process.getBuiltinModule('node:util').types[name]});`,
	},
	{
		library: 'signal-exit',
		module: 'assert',
		contents: `
			const real = () => process.getBuiltinModule('node:assert');
			const equal = (...words) => words[0] === words[1] || real().equal(...words);
			module.exports = new Proxy({equal}, {get: (own, name) => own[name] ?? real()[name]});
		`,
	},
];

/** Replaces the builtin modules of `deferred` in the libraries named there. */
export const deferBuiltins = {
	name: 'defer-builtins',
	setup({onResolve, onLoad}) {
		for (const {library, module, contents} of deferred) {
			onResolve({filter: new RegExp(`^${module}$`)}, ({importer}) =>
				libraryOf(importer) === library ? {path: `${library}/${module}`, namespace: 'deferred', pluginData: contents} : undefined,
			);
		}

		onLoad({filter: /./, namespace: 'deferred'}, ({pluginData}) => ({contents: pluginData, loader: 'js'}));
	},
};

function libraryOf(file) {
	return file
		.split(/[/\\]node_modules[/\\]/)
		.at(-1)
		.split(/[/\\]/)[0];
}
