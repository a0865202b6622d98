// `npm run pictures`: makes the pictures of the README and docs/ again.
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {packageRoot} from '../../src/services/package-root.js';
import {makePictures} from './pictures.js';

await using stack = new AsyncDisposableStack();
const pictures = await makePictures({teardown: end => stack.defer(async () => end())});
for (const [name, svg] of Object.entries(pictures)) {
	await writeFile(path.join(packageRoot(), 'docs', name), svg);
}
