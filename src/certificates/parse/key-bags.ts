/** keyBag and pkcs8ShroudedKeyBag (RFC 7292 4.2.1 and 4.2.2), as object identifiers in DER. */
const keyBags = ['060b2a864886f70d010c0a0101', '060b2a864886f70d010c0a0102'].map(hex => Buffer.from(hex, 'hex'));

/** Whether a key can be seen in a PKCS#12 bundle without its passphrase, as in nearly every bundle that has one. */
export function holdsKeyBag(bundle: Buffer): boolean {
	return keyBags.some(id => bundle.includes(id));
}
