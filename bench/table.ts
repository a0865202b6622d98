// Writes docs/figures.md from docs/figures.json: `npm run bench:table`.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {packageRoot} from '../src/services/package-root.js';
import type {FiguresDocument} from './document.js';
import {markdownOf} from './markdown.js';

const source = path.join(packageRoot(), 'docs', 'figures.json');
const target = path.join(packageRoot(), 'docs', 'figures.md');
await writeFile(target, markdownOf(JSON.parse(await readFile(source, 'utf8')) as FiguresDocument, path.basename(source)));
process.stdout.write(`Wrote ${path.relative(process.cwd(), target)}.\n`);
