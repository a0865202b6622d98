import {readFileSync} from 'node:fs';
import path from 'node:path';
import {packageRoot} from '../services/package-root.js';

/** The version of this package. */
export function version(): string {
	const {version: number} = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as {version: string};
	return number;
}
