// Generates the man pages and docs/command-line.md from the definitions of the commands: `npm run reference`. A test fails when they
// are out of date.
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const {referencePages} = await import(path.join(root, 'dist', 'src', 'cli', 'reference', 'pages.js'));
const pages = referencePages();

mkdirSync(path.join(root, 'man'), {recursive: true});
for (const name of readdirSync(path.join(root, 'man')).filter(name => !pages.has(path.join('man', name)))) {
	rmSync(path.join(root, 'man', name));
}

for (const [file, text] of pages) {
	writeFileSync(path.join(root, file), text);
}
