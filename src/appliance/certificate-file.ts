import {readFile} from 'node:fs/promises';
import {describeLeaf, type CertificateDescription} from '../certificates/describe/describe-certificate.js';
import {problemIn} from '../problem.js';

/** The first certificate of a PEM file in words; undefined when there is none that can be read. */
export async function describeFile(file: string, at: Date): Promise<CertificateDescription | undefined> {
	try {
		return describeLeaf(await readFile(file), at);
	} catch (error) {
		if (problemIn(error)) {
			return undefined;
		}

		throw error;
	}
}
