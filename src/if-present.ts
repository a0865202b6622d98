import {hasCode} from './problem.js';

/** The result of reading a file or folder, or undefined when there is none (ENOENT). Rejects with any other error. */
export async function ifPresent<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
	try {
		return await read();
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return undefined;
		}

		throw error;
	}
}
