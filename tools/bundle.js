// Bundles the command and the programs a sandbox starts into build/. One file loads several times faster than the
// hundreds of modules behind it: most of the time to the first frame of an Ink program is module loading.
import {readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Makes string-width build its table of emoji when it is first used; see lazy-unicode.js. */
const lazyEmoji = {
	name: 'lazy-emoji',
	setup({onLoad}) {
		onLoad({filter: /[/\\]string-width[/\\]index\.js$/}, ({path: file}) => {
			const pattern = '/^\\p{RGI_Emoji}$/v';
			const text = readFileSync(file, 'utf8');
			if (!text.includes(pattern)) {
				throw new Error(`${file} no longer holds ${pattern}: see whether it still costs the first frame, and mend this.`);
			}

			return {contents: text.replace(pattern, 'lazyEmojiPattern'), loader: 'js'};
		});
	},
};

rmSync(path.join(root, 'build'), {recursive: true, force: true});
await build({
	absWorkingDir: root,
	entryPoints: {
		tanos: 'src/cli/main.ts',
		taniumserver: 'src/platform/taniumserver.ts',
		taniummoduleserver: 'src/platform/taniummoduleserver.ts',
		patch: 'src/platform/patch.ts',
		library: 'src/certificates/check.ts',
		'conversion-worker': 'src/certificates/conversion/conversion-worker.ts',
	},
	outdir: 'build',
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node24',
	jsx: 'automatic',
	minifySyntax: true,
	minifyWhitespace: true,
	legalComments: 'none',
	define: {'process.env.NODE_ENV': '"production"', 'Intl.Segmenter': 'LazySegmenter'},
	inject: [path.join(root, 'tools', 'lazy-unicode.js')],
	plugins: [lazyEmoji],
	// Native parts and CommonJS with dynamic requires stay in node_modules.
	external: ['ssh2', '@homebridge/node-pty-prebuilt-multiarch'],
	alias: {'react-devtools-core': path.join(root, 'tools', 'no-devtools.js')},
	banner: {js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);"},
});
