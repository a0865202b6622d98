import {createPrivateKey, type KeyObject} from 'node:crypto';
import forge from 'node-forge';
import {Problem, messageOf} from '../../problem.js';
import {tryParse} from '../parse/parse-error.js';
import {sequenceIn} from '../parse/tlv.js';

const {asn1, pki, pkcs12} = forge;

/** What a PKCS#12 bundle holds: certificates in DER, in the order of the bundle, and private keys. */
export type Bundle = {certificates: Buffer[]; keys: KeyObject[]};

/**
 * Opens a PKCS#12 bundle (RFC 7292), old RC2 and 3DES ones too. forge uses JavaScript strings, which cannot be zeroed, and the
 * bundle decides how long it takes, so this runs in a worker thread. Throws Problem `wrong-passphrase` or `bad-bundle`.
 */
export function openPkcs12(der: Buffer, passphrase: string): Bundle {
	const attempts = [
		() => open(der, passphrase),
		...(passphrase === '' ? [() => open(der, null)] : []), // Some write no passphrase as nothing, others as an empty text.
		// Its cipher takes the passphrase in UTF-8 and its checksum in UTF-16; forge knows one form, so the checksum is left out.
		...(/^[\0-\u007F]*$/.test(passphrase) ? [] : [() => open(der, Buffer.from(passphrase).toString('latin1'), true)]),
	];
	let failure: unknown;
	for (const attempt of attempts) {
		try {
			return contentOf(attempt());
		} catch (error) {
			failure ??= error;
		}
	}

	throw problemOf(failure, hasChecksum(der));
}

function open(der: Buffer, passphrase: string | null, withoutChecksum = false): forge.pkcs12.Pkcs12Pfx {
	const bundle = asn1.fromDer(der.toString('latin1'));
	if (withoutChecksum && Array.isArray(bundle.value)) {
		bundle.value.splice(checksumIndex);
	}

	return pkcs12.pkcs12FromAsn1(bundle, false, passphrase as string);
}

/** Of macData in a PFX, after version and authSafe (RFC 7292, 4). */
const checksumIndex = 2;

function hasChecksum(der: Buffer): boolean {
	let count = 0;
	const damage = tryParse(() => {
		count = sequenceIn(der).length;
	});
	return damage !== undefined || count > checksumIndex;
}

function contentOf(bundle: forge.pkcs12.Pkcs12Pfx): Bundle {
	const bags = bundle.safeContents.flatMap(({safeBags}) => safeBags);
	const typed = (...types: string[]) => bags.filter(({type}) => types.some(name => pki.oids[name] === type));
	return {
		certificates: typed('certBag').map(bag => derOf(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1)),
		keys: typed('keyBag', 'pkcs8ShroudedKeyBag').map(bag => keyOf(bag)),
	};
}

/** forge reads RSA keys only, and leaves others as they were. */
function keyOf({key, asn1: other}: forge.pkcs12.Bag): KeyObject {
	const info = key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(key)) : other;
	const der = derOf(info);
	try {
		return createPrivateKey({key: der, format: 'der', type: 'pkcs8'});
	} finally {
		der.fill(0);
	}
}

function derOf(node: forge.asn1.Asn1): Buffer {
	return Buffer.from(asn1.toDer(node).getBytes(), 'latin1');
}

/** The messages of forge that mean a wrong passphrase. */
const wrong = /MAC could not be verified|(?:Failed|Unable) to decrypt/;

/** Without a checksum, a wrong passphrase whose padding is right by chance (one in 256) shows only in what it decrypts. */
function problemOf(error: unknown, checked: boolean): Problem {
	const message = messageOf(error);
	return wrong.test(message) || (!checked && !/unsupported/i.test(message))
		? new Problem('wrong-passphrase', 'The passphrase does not open the bundle.', '', {cause: error})
		: new Problem(
				'bad-bundle',
				'The PKCS#12 bundle cannot be read: it is damaged, or its cipher or its checksum is not supported.',
				'Export it anew from where it was made, or split it there: (set -C; openssl pkcs12 -in FILE -nodes > NEW.pem)',
				{cause: error},
			);
}
