// Bundles the command and the programs that a sandbox starts into build/. One file loads several times faster than the hundreds of
// modules in it: an Ink program spends most of the time to its first frame loading modules.
import {rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {deferBuiltins, lazyEmoji, yogaFromFile} from './bundle-plugins.js';
import {joinChunks} from './join-chunks.js';
import {thirdPartyNotices} from './third-party-notices.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

rmSync(path.join(root, 'build'), {recursive: true, force: true});
const {metafile} = await build({
	absWorkingDir: root,
	entryPoints: {
		tanos: 'src/cli/main.ts',
		taniumserver: 'src/platform/taniumserver.ts',
		taniummoduleserver: 'src/platform/taniummoduleserver.ts',
		patch: 'src/platform/patch.ts',
		library: 'src/certificates/check.ts',
		replay: 'src/replay/launch.ts',
		'conversion-worker': 'src/certificates/conversion/conversion-worker.ts',
	},
	outdir: 'build',
	metafile: true,
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node24',
	jsx: 'automatic',
	minifySyntax: true,
	minifyWhitespace: true,
	legalComments: 'none',
	define: {'process.env.NODE_ENV': '"production"', 'Intl.Segmenter': 'LazySegmenter', performance: 'lazyPerformance'},
	inject: ['lazy-unicode.js', 'lazy-performance.js'].map(name => path.join(root, 'tools', name)),
	plugins: [deferBuiltins, lazyEmoji, yogaFromFile],
	// Native parts and CommonJS with dynamic requires stay in node_modules.
	external: ['ssh2', '@lydell/node-pty'],
	alias: {'react-devtools-core': path.join(root, 'tools', 'no-devtools.js')},
	banner: {js: "const require=/*@__PURE__*/(()=>process.getBuiltinModule('node:module').createRequire(import.meta.url))();"},
});
const notices = thirdPartyNotices(metafile, {root, declared: path.join(root, 'tools', 'licenses')});
writeFileSync(path.join(root, 'build', 'THIRD-PARTY-NOTICES.txt'), notices);
await joinChunks(metafile, {
	root,
	main: 'src/cli/main.ts',
	first: 'src/cli/console.ts',
	heavy: ['src/cli/console.ts', 'src/cli/host/open-console.ts', 'src/cli/serve.ts'],
});
