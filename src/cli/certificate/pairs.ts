import {readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {UsageError} from '../command.js';

/** The files of one pair, as they are named on the command line; a certificate alone has no key. */
export type NamedPair = {certificate: string; key?: string};

/** The pairs of usual names, in the order in which they are looked for in a folder; the second are those of certbot. */
const usualNames = [
	['SOAPServer.crt', 'SOAPServer.key'],
	['fullchain.pem', 'privkey.pem'],
	['tls.crt', 'tls.key'],
] as const;

/** The pairs that words name: two files each, a folder with a pair in it, or one certificate alone. Throws UsageError for anything else. */
export async function pairsIn(words: readonly string[]): Promise<NamedPair[]> {
	const pairs: NamedPair[] = [];
	const rest = [...words];
	for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
		if (await isFolder(word)) {
			pairs.push(await pairInFolder(word));
			continue;
		}

		const key = rest.shift();
		if (key === undefined && words.length === 1) {
			pairs.push({certificate: word});
			continue;
		}

		if (key === undefined) {
			throw new UsageError(`KEY is missing behind ${word}. Name pairs as CRT KEY CRT KEY, or folders that hold one.`);
		}

		pairs.push({certificate: word, key});
	}

	return pairs;
}

async function isFolder(word: string): Promise<boolean> {
	return stat(word).then(
		stats => stats.isDirectory(),
		() => false,
	);
}

async function pairInFolder(folder: string): Promise<NamedPair> {
	const names = await readdir(folder);
	const stems = names.filter(name => /\.(?:crt|cer|pem)$/i.test(name)).map(name => [name, name.replace(/\.[^.]+$/, '.key')] as const);
	const [certificate, key] = [...usualNames, ...stems].find(pair => pair.every(name => names.includes(name))) ?? usualNames[0];
	return {certificate: path.join(folder, certificate), key: path.join(folder, key)};
}
