// Is it a private key, and of what kind? OpenSSL's command line, and ssh-keygen for OpenSSH's own format, have the second opinion.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {keyTypeOf} from '../../src/certificates/parse/algorithms.js';
import {readKeyFile} from '../../src/certificates/rules/key-file.js';
import {uploaded} from '../certificates/fixtures/files.js';
import {attempt, filesBelow, vectors, type Attempt, type Comparison} from './material.js';

const folders = ['asymmetric', 'pkcs12', 'pkcs7', 'x509/custom', 'x509/ed25519', 'x509/ed448', 'x509/ocsp', 'x509/requests'];
const endings = /\.(pem|der|key|pub|p12|p7b)$/;

const meanings: ReadonlyArray<[RegExp, string]> = [
	[/^key-encrypted$/, 'encrypted'],
	[/^key-der$/, 'binary'],
	[/^key-openssh$/, 'OpenSSH'],
	[/^key-multiple$/, 'several'],
	[/^key-(is-.*|not-pem|empty)$/, 'not a key'],
];

/** Compares every file that may hold a key. */
export async function compareKeys(): Promise<Comparison[]> {
	const files = (await Promise.all(folders.map(async folder => filesBelow(folder, endings)))).flat();
	const comparisons: Comparison[] = [];
	for (const file of files) {
		const [ours, theirs] = [ourOpinion(await readFile(file)), await opensslsOpinion(file)];
		comparisons.push({name: path.relative(vectors, file), ours, theirs: theirs === 'nothing known' && isNoKey(ours) ? ours : theirs});
	}

	return comparisons;
}

/** OpenSSL does not tell what is damaged from what is something else. */
function isNoKey(opinion: string): boolean {
	return opinion === 'not a key' || opinion === 'unreadable';
}

function ourOpinion(bytes: Buffer): string {
	const {key, findings} = readKeyFile(uploaded('a.key', bytes));
	const errors = findings.filter(({severity}) => severity === 'error').map(({id}) => id);
	const [, meaning = 'unreadable'] = meanings.find(([pattern]) => errors.some(id => pattern.test(id))) ?? [];
	return key === undefined ? meaning : shortened(keyTypeOf(key.privateKey));
}

/** The size matters of RSA keys only. */
function shortened(type: string): string {
	return (type.startsWith('RSA ') ? type : type.split(' ')[0]!).toLowerCase();
}

async function opensslsOpinion(file: string): Promise<string> {
	const {ok, err} = await attempt('openssl', 'pkcs12', '-in', file, '-noout', '-passin', 'pass:wrong');
	if (ok || err.includes('Mac verify error')) {
		return 'not a key'; // OpenSSL would take a key out of it, but a server is not configured with it.
	}

	const asPem = await pkey(file, 'PEM');
	if (asPem.ok) {
		const {out} = await attempt('openssl', 'storeutl', '-keys', '-noout', '-passin', 'pass:wrong', file);
		return /Total found: ([2-9]|\d\d)/.test(out) ? 'several' : typeIn(asPem.out);
	}

	const asDer = await pkey(file, 'DER');
	if (asksForPassphrase(asPem) || asksForPassphrase(asDer)) {
		return 'encrypted';
	}

	if (asDer.ok) {
		return 'binary';
	}

	if (!file.endsWith('.pub') && (await attempt('ssh-keygen', '-l', '-f', file)).ok) {
		return 'OpenSSH';
	}

	return (await isSomethingElse(file)) ? 'not a key' : 'nothing known';
}

async function pkey(file: string, form: string): Promise<Attempt> {
	const providers = ['-provider', 'default', '-provider', 'legacy']; // Some vectors are encrypted with what is out of use.
	return attempt('openssl', 'pkey', ...providers, '-inform', form, '-in', file, '-passin', 'pass:wrong', '-noout', '-text');
}

function asksForPassphrase({err}: Attempt): boolean {
	return /bad decrypt|wrong password|unknown pbe|pbe_crypt|PBE_CipherInit/i.test(err);
}

function typeIn(text: string): string {
	const [, size] = /Private-Key: \((\d+) bit, \d+ primes\)/.exec(text) ?? [];
	const [, named] = /^(\w+) Private-Key:/m.exec(text) ?? [];
	if (size !== undefined) {
		return text.includes('PSS parameter restrictions') ? 'rsa-pss' : `rsa ${size}`;
	}

	return named?.toLowerCase() ?? (/^(ASN1 OID|Field Type):/m.test(text) ? 'ec' : 'dsa');
}

async function isSomethingElse(file: string): Promise<boolean> {
	for (const words of [['pkey', '-pubin'], ['rsa', '-RSAPublicKey_in'], ['x509'], ['req'], ['crl'], ['pkcs7']]) {
		for (const form of ['PEM', 'DER']) {
			if ((await attempt('openssl', ...words, '-inform', form, '-in', file, '-noout')).ok) {
				return true;
			}
		}
	}

	return false;
}
