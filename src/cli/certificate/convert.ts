import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {createFile, syncFolder} from '../../appliance/atomic-file.js';
import {certificateName, keyName} from '../../appliance/layout.js';
import {zeroizeUpload} from '../../appliance/uploads.js';
import {checkPair} from '../../certificates/check.js';
import {
	conversionFor,
	convertPair,
	type Conversion,
	type ConvertedPair,
	type UploadedPair,
} from '../../certificates/conversion/conversion.js';
import type {Finding, Role} from '../../certificates/rules/finding.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {exitCodes} from '../../exit-codes.js';
import {hasCode, messageOf, Problem} from '../../problem.js';
import {print, type Command} from '../command.js';
import {convertDefinition} from '../definitions/certificate.js';
import {readLocal} from '../local-file.js';
import {parseCall} from '../parse-call.js';
import {askPassphrase} from './passphrase.js';

/** `tanos certificate convert CRT [KEY] --out FOLDER`: writes in PEM what two files hold in another form, as 2-4 does. */
export const convert: Command = async words => {
	const {
		values,
		arguments: {CRT: first, KEY: second},
	} = parseCall(convertDefinition, words);
	const pair = await pairOf(await readLocal(first), second);
	const {findings} = checkPair(pair.certificate, pair.key, {hosts: [], at: new Date()});
	const conversion = conversionFor(pair, findings);
	if (!conversion) {
		throw new Problem('nothing-to-convert', 'No conversion applies to these files.', 'See: tanos certificate check CRT KEY');
	}

	const converted = await convertAsking(pair, findings, conversion);
	const files = await write(values.out, converted);
	zeroizeUpload(converted.key);
	const {done} = converted;
	print(...(values.json ? [JSON.stringify({done, files})] : [...done, ...files.map(file => `Written: ${file}`)]));
	return exitCodes.done;
};

/** How often a passphrase may be typed. A script gives it once. */
const tries = 3;

/** Converts, and at a terminal asks again after a wrong passphrase. Rejects as `convertPair` and `askPassphrase` do. */
async function convertAsking(pair: UploadedPair, findings: readonly Finding[], {locked}: Conversion): Promise<ConvertedPair> {
	for (let left = process.stdin.isTTY ? tries : 1; ; left--) {
		const passphrases: Partial<Record<Role, string>> = {};
		for (const role of locked) {
			passphrases[role] = await askPassphrase((role === 'cert' ? pair.certificate : pair.key).name);
		}

		try {
			return await convertPair(pair, findings, passphrases);
		} catch (error) {
			if (!(error instanceof Problem) || !error.code.startsWith('wrong-passphrase') || left === 1) {
				throw error;
			}

			process.stderr.write(`${error.message}\n`);
		}
	}
}

/** A single file may hold the certificate, the key or both. */
async function pairOf(one: UploadedFile, second: string | undefined): Promise<UploadedPair> {
	const other: UploadedFile = {name: keyName, state: 'missing', others: []};
	const key = second === undefined ? other : await readLocal(second);
	for (const file of [one, key]) {
		if (file !== other && file.state !== 'read') {
			throw new Problem('cannot-read', `${file.name} cannot be read as a file: ${file.state}.`, 'Name a file with a certificate or a key.');
		}
	}

	return {certificate: one, key};
}

/** Writes what was found, under the names that an appliance takes. Rejects with Problem `file-exists` or `cannot-write`. */
async function write(folder: string, {certificate, key}: ConvertedPair): Promise<string[]> {
	const contents = [
		[certificateName, certificate, 0o644],
		[keyName, key, 0o600],
	] as const;
	const written: string[] = [];
	try {
		await mkdir(folder, {recursive: true, mode: 0o700});
		for (const [name, upload, mode] of contents) {
			if (upload.state === 'read' && upload.bytes.length > 0) {
				await createFile(path.join(folder, name), upload.bytes, mode);
				written.push(path.join(folder, name));
			}
		}

		await syncFolder(folder);
		return written;
	} catch (error) {
		throw hasCode(error, 'EEXIST')
			? new Problem('file-exists', `${folder} holds such a file already. It is not overwritten.`, 'Name another folder: --out FOLDER')
			: new Problem('cannot-write', `The files cannot be written. ${messageOf(error)}`, 'Name another folder: --out FOLDER', {
					cause: error,
				});
	}
}
