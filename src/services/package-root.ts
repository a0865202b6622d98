import {existsSync} from 'node:fs';
import path from 'node:path';

/** The folder of this package, whether this module runs from build/ or from dist/src/services/. */
export function packageRoot(): string {
	let folder = import.meta.dirname;
	while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder)) {
		folder = path.dirname(folder);
	}

	return folder;
}
