import {createPrivateKey, type KeyObject} from 'node:crypto';
import {damageIn} from '../damage.js';
import {der, elementsIn, sequenceIn} from '../tlv.js';
import {hasCode, Problem} from '../../problem.js';

/** More rounds of key derivation than any tool writes; each million takes about a second. */
const mostRounds = 10_000_000;

/** A private key in PEM, or in DER as PKCS#8, and what it is protected by; an unprotected one ignores the passphrase. */
export type LockedKey = {pem: Buffer} | {pkcs8: Buffer};

/** Takes the passphrase off a private key. Throws Problem `wrong-passphrase`, `bad-key` or `too-many-rounds`. */
export function unlockKey(key: LockedKey, passphrase: string): KeyObject {
	if ('pkcs8' in key) {
		mustEndSoon(key.pkcs8);
	}

	try {
		const unlocked = 'pem' in key
			? createPrivateKey({key: key.pem, format: 'pem', passphrase})
			: createPrivateKey({key: key.pkcs8, format: 'der', type: 'pkcs8', passphrase});
		unlocked.export({type: 'pkcs8', format: 'der'}).fill(0); // OpenSSL loads some keys with absurd numbers that it cannot write.
		return unlocked;
	} catch (error) {
		throw hasCode(error, 'ERR_OSSL_BAD_DECRYPT', 'ERR_OSSL_EVP_BAD_DECRYPT', 'ERR_OSSL_PKCS12_CIPHERFINAL_ERROR', 'ERR_OSSL_CRYPTO_CIPHERFINAL_ERROR')
			? new Problem('wrong-passphrase', 'The passphrase does not open the key.', '', {cause: error})
			: new Problem('bad-key', 'OpenSSL cannot open the key: it is damaged, or protected by a cipher that is not supported any more.', 'Write it anew where it was made: openssl pkey -in FILE -aes256 -out NEW', {cause: error});
	}
}

/** Whoever made the file says how long opening it takes; OpenSSL would go on for hours. */
function mustEndSoon(pkcs8: Buffer): void {
	let rounds = 0;
	damageIn(() => {
		rounds = largestNumber(sequenceIn(pkcs8)[0]?.content ?? Buffer.alloc(0));
	});
	if (rounds > mostRounds) {
		throw new Problem('too-many-rounds', `The key's passphrase would have to be derived in ${rounds} rounds; at most ${mostRounds} are taken.`, 'Write it anew where it was made: openssl pkey -in FILE -aes256 -out NEW');
	}
}

/** The largest INTEGER in an AlgorithmIdentifier, at any depth: the rounds, or what stands for them. */
function largestNumber(bytes: Buffer): number {
	return Math.max(0, ...elementsIn(bytes).map(({tag, content}) => {
		if (tag === der.integer) {
			return content.length > 6 ? Number.POSITIVE_INFINITY : content.length === 0 ? 0 : content.readUIntBE(0, content.length);
		}

		return tag === der.sequence ? largestNumber(content) : 0;
	}));
}
