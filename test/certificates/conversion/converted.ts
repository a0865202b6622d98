// Conversions as tests make them, and files that openssl makes of a good pair.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {checkPair, type CheckResult} from '../../../src/certificates/check.js';
import {conversionFor, convertPair} from '../../../src/certificates/conversion/conversion.js';
import type {Role} from '../../../src/certificates/rules/finding.js';
import {openssl} from '../../helpers/openssl.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {testWith} from '../../helpers/test-with.js';
import {certificateName, chainWith, goodKey, keyName, pemOf, uploaded, type Content} from '../fixtures/files.js';
import {rsa} from '../fixtures/keys.js';
import {at, authority, certificate, intermediate, root} from '../fixtures/make.js';

export const testWithOpenssl = testWith('openssl');

export type Files = {certificate?: Content; key?: Content};

export const missing = (name: string): Content => ({name, state: 'missing', others: []});
export const pairOf = ({certificate = missing(certificateName), key = missing(keyName)}: Files) => ({
	certificate: uploaded(certificateName, certificate),
	key: uploaded(keyName, key),
});
export const check = ({certificate, key}: ReturnType<typeof pairOf>): CheckResult =>
	checkPair(certificate, key, {hosts: ['ts1.example.com', 'ts2.example.com'], at});

/** Checks, converts, checks again. */
export async function converted(t: ExecutionContext, files: Files, passphrases: Partial<Record<Role, string>> = {}) {
	const pair = pairOf(files);
	const before = JSON.stringify(pair);
	const {findings} = check(pair);
	t.truthy(conversionFor(pair, findings), JSON.stringify(findings.map(({id}) => id)));
	const after = await convertPair(pair, findings, passphrases);
	t.is(JSON.stringify(pair), before, 'what was uploaded stays as it was');
	return {...check(after), ...after};
}

/** Files of one's own for openssl, by their names. */
type Prepared = ReadonlyArray<readonly [name: string, text: string]>;

/** An openssl that makes something of the good pair, which lies in the folder as chain.pem and key.pem, or of other files. */
export async function made(t: ExecutionContext, out: string, ...all: Array<string | Prepared>): Promise<Buffer> {
	const words = all.filter(word => typeof word === 'string');
	const folder = await temporaryFolder(t);
	const at = (name: string) => path.join(folder, name);
	await writeFile(at('chain.pem'), chainWith());
	await writeFile(at('reversed.pem'), pemOf(root(), intermediate(), certificate()));
	await writeFile(at('strangers.pem'), pemOf(authority('Another Root', rsa('other'))));
	await writeFile(at('key.pem'), goodKey());
	for (const [name, text] of all.filter(word => typeof word !== 'string').flat()) {
		await writeFile(at(name), text);
	}

	await openssl(...words.map(word => (/^\w+\.(?:pem|out)$/.test(word) ? at(word) : word)));
	return readFile(at(out));
}

export const bundle = async (t: ExecutionContext, passphrase: string, ...words: string[]) =>
	made(
		t,
		'p12.out',
		'pkcs12',
		'-export',
		'-in',
		'reversed.pem',
		'-inkey',
		'key.pem',
		'-passout',
		`pass:${passphrase}`,
		'-out',
		'p12.out',
		...words,
	);
