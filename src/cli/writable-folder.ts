import {access, constants, mkdir} from 'node:fs/promises';
import {messageOf, Problem} from '../problem.js';

type Use = {
	/** What is to be written there, as a sentence begins. */ what: string;
	/** The option that names another folder. */ option: string;
	mode?: number;
};

/** Makes a folder, if it is missing, before there is anything to lose. Rejects with Problem `cannot-write`. */
export async function makeWritableFolder(folder: string, {what, option, mode = 0o777}: Use): Promise<void> {
	try {
		await mkdir(folder, {recursive: true, mode});
		await access(folder, constants.W_OK);
	} catch (error) {
		throw new Problem('cannot-write', `${what} cannot be written to ${folder}. ${messageOf(error)}`, `Name another folder: ${option}`, {
			cause: error,
		});
	}
}
