// What protects a key or a bundle, as far as it can be seen without the passphrase: object identifiers stand in the open.

const oid = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** PBES1 with DES or RC2 (RFC 8018 A.3), PKCS#12 with RC4 or RC2 (RFC 7292 C), and DES-CBC, RC2-CBC and RC4 of PBES2. */
const legacyOids = [
	...['01', '03', '04', '06', '0a', '0b'].map(last => oid(`06092a864886f70d0105${last}`)),
	...['01', '02', '05', '06'].map(last => oid(`060a2a864886f70d010c01${last}`)),
	oid('06052b0e030207'),
	oid('06082a864886f70d0302'),
	oid('06082a864886f70d0304'),
];

/** The ciphers of RFC 1421 headers that OpenSSL 3 has in its legacy provider only. */
const legacyHeader = /DEK-Info: (?:DES-C|DES-E|DES-O|RC2|RC4|IDEA|BF|CAST|SEED)(?!DE)/;

/** keyBag and pkcs8ShroudedKeyBag (RFC 7292 4.2.1 and 4.2.2). */
const keyBags = [oid('060b2a864886f70d010c0a0101'), oid('060b2a864886f70d010c0a0102')];

/** Whether OpenSSL 3 opens a bundle or a key with its legacy provider only. Takes DER, or the text of a PEM block. */
export function needsLegacyProvider(bytes: Buffer): boolean {
	return legacyOids.some(id => bytes.includes(id)) || legacyHeader.test(bytes.toString('latin1', 0, 256));
}

/** Whether a key can be seen in a PKCS#12 bundle without its passphrase, as in nearly every bundle that has one. */
export function hasKeyBag(bundle: Buffer): boolean {
	return keyBags.some(id => bundle.includes(id));
}
