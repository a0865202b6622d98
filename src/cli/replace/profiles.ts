import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {Problem} from '../../problem.js';
import {parseProfile, type Profile} from '../../replace/profile.js';
import {packageRoot} from '../../services/package-root.js';

/** The profiles of this package. */
const shipped = ['tanos-console', 'tanos'] as const;

/** Reads a profile of this package by its name, or from a file. Rejects with Problem `profile`. */
export async function readProfile(nameOrFile: string): Promise<Profile> {
	const isShipped = shipped.some(name => name === nameOrFile);
	const file = isShipped ? path.join(packageRoot(), 'profiles', `${nameOrFile}.json`) : nameOrFile;
	try {
		return parseProfile(await readFile(file, 'utf8'), nameOrFile);
	} catch (error) {
		throw error instanceof Problem
			? error
			: new Problem('profile', `The profile ${nameOrFile} cannot be read.`, `Use ${shipped.join(', ')} or the name of a file.`, {
					cause: error,
				});
	}
}
