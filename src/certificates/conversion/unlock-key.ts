import {createPrivateKey, type KeyObject} from 'node:crypto';
import {ParseError, tryParse} from '../parse/parse-error.js';
import {detectFormat} from '../parse/detect-format.js';
import {der, sequenceIn, type Element} from '../parse/tlv.js';
import {hasCode, Problem} from '../../problem.js';

/** More work of key derivation than any tool asks for; this much takes seconds. PBKDF2 counts rounds, scrypt N times r times p. */
const most = {rounds: 10_000_000, scrypt: 4_194_304};

const oids = {pbes2: '2a864886f70d01050d', pbkdf2: '2a864886f70d01050c', scrypt: '2b06010401da47040b'};

/** As OpenSSL takes it. */
const maxPassphraseLength = 1024;

/** A private key in PEM, or in DER as PKCS#8, and what it is protected by; an unprotected one ignores the passphrase. */
export type LockedKey = {pem: Buffer} | {pkcs8: Buffer};

/** Takes the passphrase off a private key. Throws Problem `wrong-passphrase`, `bad-key` or `too-many-rounds`. */
export function unlockKey(key: LockedKey, passphrase: string): KeyObject {
	if (Buffer.byteLength(passphrase) > maxPassphraseLength) {
		throw new Problem('wrong-passphrase', `A passphrase has at most ${maxPassphraseLength} bytes.`);
	}

	if ('pkcs8' in key) {
		mustEndSoon(key.pkcs8);
	}

	try {
		const unlocked =
			'pem' in key
				? createPrivateKey({key: key.pem, format: 'pem', passphrase})
				: createPrivateKey({key: key.pkcs8, format: 'der', type: 'pkcs8', passphrase});
		unlocked.export({type: 'pkcs8', format: 'der'}).fill(0); // OpenSSL loads some keys whose numbers it cannot export.
		return unlocked;
	} catch (error) {
		throw isWrongPassphrase(error, key)
			? new Problem('wrong-passphrase', 'The passphrase does not open the key.', '', {cause: error})
			: new Problem(
					'bad-key',
					'OpenSSL cannot open the key: it is damaged, or protected by a cipher that is not supported any more.',
					anew,
					{cause: error},
				);
	}
}

/** The padding of one in 256 wrong passphrases is right by chance; what they decrypt is then no ASN.1. */
function isWrongPassphrase(error: unknown, key: LockedKey): boolean {
	return (
		hasCode(
			error,
			'ERR_OSSL_BAD_DECRYPT',
			'ERR_OSSL_EVP_BAD_DECRYPT',
			'ERR_OSSL_PKCS12_CIPHERFINAL_ERROR',
			'ERR_OSSL_CRYPTO_CIPHERFINAL_ERROR',
		)
		|| (isLocked(key) && opensslErrors(error).some(line => line.includes('asn1 encoding routines')))
	);
}

function isLocked(key: LockedKey): boolean {
	return 'pem' in key ? key.pem.includes('ENCRYPTED') : detectFormat(key.pkcs8) === 'encrypted PKCS#8';
}

/** The lines of OpenSSL's error queue; Node puts the last one into the message. */
function opensslErrors(error: unknown): string[] {
	return error instanceof Error ? [error.message, ...((error as {opensslErrorStack?: string[]}).opensslErrorStack ?? [])] : [];
}

/** The file decides how long opening it takes; OpenSSL would work for hours. What cannot be parsed here is not tried. */
function mustEndSoon(pkcs8: Buffer): void {
	let work = 0;
	const damage =
		detectFormat(pkcs8) === 'encrypted PKCS#8'
			? tryParse(() => {
					work = workOf(sequenceIn(sequenceIn(pkcs8)[0]!.whole));
				})
			: undefined;
	if (damage !== undefined) {
		throw new Problem('bad-key', `How the key is protected cannot be read: ${damage}.`, anew);
	}

	if (work > 1) {
		throw new Problem('too-many-rounds', 'Opening the key would take longer than any tool asks for.', anew);
	}
}

const anew = 'Write it anew where it was made: (set -C; openssl pkey -in FILE -aes256 > NEW.key)';

/** The work that an AlgorithmIdentifier asks for (RFC 8018 A.4, RFC 7914 7, RFC 8018 A.3), as a share of the most that is taken. */
function workOf([type, parameters]: Element[]): number {
	const inside = sequenceIn(parameters?.whole ?? Buffer.alloc(0));
	if (type?.content.toString('hex') !== oids.pbes2) {
		return numberIn(inside[1]) / most.rounds; // PBES1 and PKCS#12: salt, rounds.
	}

	const [derivation, its] = sequenceIn(inside[0]?.whole ?? Buffer.alloc(0));
	const [, first, second, third] = sequenceIn(its?.whole ?? Buffer.alloc(0));
	switch (derivation?.content.toString('hex')) {
		case oids.pbkdf2: {
			return numberIn(first) / most.rounds;
		}

		case oids.scrypt: {
			return (numberIn(first) * numberIn(second) * numberIn(third)) / most.scrypt;
		}

		default: {
			throw new ParseError('it uses another way of key derivation');
		}
	}
}

function numberIn(element: Element | undefined): number {
	if (element?.tag !== der.integer || element.content.length === 0) {
		throw new ParseError('a number is missing');
	}

	return element.content.length > 6 ? Number.POSITIVE_INFINITY : element.content.readUIntBE(0, element.content.length);
}
