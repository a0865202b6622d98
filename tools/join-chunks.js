// Code splitting creates a chunk for each set of modules that the same entry points reach, so that the console's first frame would
// load two dozen small files. This joins the chunks that are loaded before it into two files: `shared` contains those that other
// commands also load, and the console's own file the rest. A joined chunk remains as a list of exports, for parts loaded later.
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {build} from 'esbuild';

/**
 * Rewrites the files of a build with code splitting. `main` is the source of its entry point; `first` that of the dynamic import
 * whose chunks are joined, and `heavy` those of all dynamic imports that may load every one of these.
 */
export async function joinChunks(metafile, {root, main, first, heavy}) {
	const graph = new ChunkGraph(metafile.outputs);
	const entry = graph.outputOf(main);
	const console = graph.outputOf(first);
	const elsewhere = graph.reach(entry, {dynamic: true, without: heavy.map(source => graph.outputOf(source))});
	const before = graph.reach(console, {dynamic: false}).union(graph.reach(entry, {dynamic: false}));
	const shared = before.difference(new Set([entry])).intersection(elsewhere);
	const options = {root, outputs: metafile.outputs, before};
	await join(shared, path.posix.join(path.posix.dirname(entry), 'shared.js'), options);
	await join(before.difference(shared).difference(new Set([entry])), console, options);
	await join(new Set([entry]), entry, options);
}

/** The imports among the files of a build. */
class ChunkGraph {
	constructor(outputs) {
		this.outputs = outputs;
	}

	outputOf(source) {
		const found = Object.keys(this.outputs).find(file => this.outputs[file].entryPoint === source);
		if (found === undefined) {
			throw new Error(`The build has no file for ${source}.`);
		}

		return found;
	}

	/** The files that are loaded with one of them; with `dynamic`, also those that may be loaded later; except `without`. */
	reach(start, {dynamic, without = []}) {
		const reached = new Set([start]);
		for (const file of reached) {
			for (const {path: imported, kind, external} of this.outputs[file].imports) {
				if (!external && !without.includes(imported) && (kind === 'import-statement' || (dynamic && kind === 'dynamic-import'))) {
					reached.add(imported);
				}
			}
		}

		return reached;
	}
}

/** Writes `file` with all of `chunks`, and replaces each other chunk by one that takes its exports from there. */
async function join(chunks, file, {root, outputs, before}) {
	const exported = [...chunks].map((chunk, number) => ({
		chunk,
		names: outputs[chunk].exports.map(name => ({name, joined: chunk === file ? name : `${name}_${number}`})),
	}));
	const list = (names, from, to) => names.map(name => `${name[from]} as ${name[to]}`).join();
	await bundleOnly(before, {
		contents: exported.map(({chunk, names}) => `export {${list(names, 'name', 'joined')}} from './${path.basename(chunk)}';`).join('\n'),
		file,
		root,
	});
	for (const {chunk, names} of exported.filter(({chunk}) => chunk !== file)) {
		writeFileSync(path.join(root, chunk), `export{${list(names, 'joined', 'name')}}from"./${path.basename(file)}";\n`);
	}
}

/** Bundles into one file those of `chunks` that `contents` imports; whatever else they import stays an import. */
async function bundleOnly(chunks, {contents, file, root}) {
	const folder = path.posix.dirname(file);
	const isIn = name => chunks.has(path.posix.join(folder, name));
	await build({
		absWorkingDir: root,
		stdin: {contents, resolveDir: path.join(root, folder)},
		outfile: file,
		allowOverwrite: true,
		bundle: true,
		format: 'esm',
		platform: 'node',
		target: 'node24',
		minifySyntax: true,
		minifyWhitespace: true,
		plugins: [
			{
				name: 'only-these-chunks',
				setup({onResolve}) {
					onResolve({filter: /./}, ({path: name, kind}) =>
						kind === 'import-statement' && isIn(name) ? undefined : {path: name, external: true},
					);
				},
			},
		],
	});
}
