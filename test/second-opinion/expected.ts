/** The disagreements that are known, by a pattern of the comparison's name, each with its reason. */
export const expected: ReadonlyArray<[RegExp, string]> = [
	[/enc2-rsa-pkcs8\./, 'its cipher is out of use, and OpenSSL gives up before it asks for the passphrase'],
	[/dhkey_rfc5114_2\.pem$/, 'Node has no name for X9.42 DH keys; the key is refused all the same'],
	[/crl_almost_10k\.pem$/, 'more than 64 KB are not read'],

	[/ValidDSASignaturesTest4EE/, 'DSA is refused, for TLS no longer uses it'],

	[/DSAParameter.*Inherit/, 'a DSA key without its parameters cannot be loaded, and without a key nothing can be said'],
	[/unsupported_subject_public_key_info|e-trust\.ru/, 'a public key that OpenSSL cannot load; its command line shows the rest'],
	[/badasn1time/, 'a date that does not exist; OpenSSL shows "Bad time value"'],
	[/nc_ip_invalid_length|nc_invalid_ip4?_netmask/, 'a range of addresses that is none; OpenSSL shows it without a judgement'],
	[/v1_cert\.pem/, 'its inner and its outer signature algorithm differ; OpenSSL only finds out when it verifies'],
	[/invalid_version\.pem/, 'version 8 does not exist; extensions belong to version 3 only'],
];
