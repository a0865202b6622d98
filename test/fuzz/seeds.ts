// What the changes start from: every row of the tables of pairs, and the DER of everything in them.
import {allCases, isGood} from '../certificates/fixtures/all-cases.js';
import {certificateName, chainWith, goodKey, keyName, uploaded, type Content} from '../certificates/fixtures/files.js';
import {maxFileBytes} from '../../src/certificates/parse/uploaded-file.js';

export type Pair = {certificate: Buffer; key: Buffer};

export type Seeds = {
	/** Pairs that are accepted as they are. */
	good: Pair[];
	all: Pair[];
	/** All files of both kinds. */
	files: Buffer[];
	/** What stands between the BEGIN and END lines of these files. */
	ders: Buffer[];
};

/** A block of PEM; the label is the first group, the Base64 the second. */
export const block = /^-----BEGIN ([A-Z\d ]+)-----\s*\n([A-Za-z\d+/=\s]+)-----END \1-----/gm;

/** Makes all of them; rows about files that were never read have nothing to change. */
export function makeSeeds(): Seeds {
	const rows = allCases.flatMap(row => {
		const certificate = bytesOf(certificateName, (row.certificate ?? chainWith)());
		const key = bytesOf(keyName, (row.key ?? goodKey)());
		return certificate === undefined || key === undefined ? [] : [{certificate, key, isGood: isGood(row)}];
	});
	const files = unique(rows.flatMap(({certificate, key}) => [certificate, key]));
	const ders = unique(
		files.flatMap(file => [...file.toString('latin1').matchAll(block)].map(([, , body]) => Buffer.from(body!, 'base64'))),
	);
	return {good: rows.filter(row => row.isGood), all: rows, files, ders};
}

function bytesOf(name: string, content: Content): Buffer | undefined {
	const file = uploaded(name, content);
	return file.state === 'read' && file.bytes.length <= maxFileBytes ? file.bytes : undefined;
}

function unique(files: Buffer[]): Buffer[] {
	return [...new Map(files.map(file => [file.toString('latin1'), file])).values()];
}
