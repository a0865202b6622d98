// What every finding means. docs/findings.md and `tanos certificate explain` are made from this table.
import type {FindingId, Role} from '../rules/finding.js';

export type Explanation = {
	/** Why it matters, a sentence or two. */
	reason: string;
	/** What a file looks like that has it. */
	example: string;
	/** What to do about it. */
	fix: string;
};

type Words = readonly [reason: string, example: string, fix: string];
type OfRole<Id> = Id extends `${Role}-${infer Rest}`
	? `cert-${Rest}` extends FindingId
		? `key-${Rest}` extends FindingId
			? Rest
			: never
		: never
	: never;

/** Findings that either file may have. */
const ofEither: Readonly<Record<OfRole<FindingId>, Words>> = {
	'not-found': [
		'The pair needs both files.',
		'soapserver.crt instead of SOAPServer.crt',
		'Upload it under the right name, or choose it in 2-4.',
	],
	unreadable: ['The file cannot be opened by the user who checks it.', 'A file of root with mode 0600', 'Upload it again as tancopy.'],
	symlink: ['Whoever may place links in /incoming could have any file read.', 'SOAPServer.key -> /root/key.pem', 'Upload the file itself.'],
	'not-file': ['Only files hold certificates and keys.', 'A folder with the name SOAPServer.crt', 'Remove it, and upload the file.'],
	'too-big': [
		'A chain and a key have a few KiB. At most 64 KiB are read.',
		'A disk image that was named SOAPServer.crt',
		'Upload the file alone.',
	],
	empty: ['There is nothing in it.', 'An upload that was cut off', 'Upload it again, and compare the sizes.'],
	utf16: ['OpenSSL does not read UTF-16.', 'A file that PowerShell wrote with Out-File', 'Save it as ASCII, or convert it.'],
	nul: ['A NUL byte ends the text for many programs.', 'A file that was damaged in a transfer', 'Upload it again in binary mode.'],
	'not-pem': [
		'The server loads PEM only.',
		'A ZIP archive, a Java keystore, rich text, Base64 of a PEM file',
		'Convert it, as the finding says.',
	],
	'escaped-newlines': ['The line ends were escaped.', String.raw`"-----BEGIN CERTIFICATE-----\nMII..." out of JSON`, 'Convert it.'],
	truncated: ['The END line is missing, so the end of the data may be, too.', 'A text that was selected only in part', 'Copy it whole.'],
	'is-csr': [
		'A certificate signing request holds neither a certificate nor a private key.',
		'SOAPServer.csr under another name',
		'Send it to the CA, and upload what comes back with the key of the request.',
	],
	parse: [
		'What is between BEGIN and END cannot be read.',
		'An empty line, a no-break space, a date that does not exist',
		'As the finding says.',
	],
	der: [
		'The server loads PEM only.',
		'A .cer file from Windows in binary form',
		'openssl x509 -inform DER, openssl pkey -inform DER, or convert it.',
	],
};

const ofOne: Readonly<Record<Exclude<FindingId, `${Role}-${OfRole<FindingId>}`>, Words>> = {
	'cr-only-line-ends': ['OpenSSL does not know CR alone as the end of a line.', 'A file of an old Mac', 'Convert it.'],
	indented: [
		'OpenSSL finds a BEGIN line at the start of a line only.',
		'PEM text out of a YAML file',
		'Take the white space away, or convert it.',
	],
	bom: ['Some programs reject a byte order mark.', 'A file that a Windows editor saved as UTF-8', 'Save it without the mark.'],
	'leading-text': ['Text outside of the blocks is passed over.', 'Bag Attributes out of a PKCS#12 bundle', 'Nothing has to be done.'],
	'old-label': ['SSLeay wrote it; some programs do not know it.', '-----BEGIN X509 CERTIFICATE-----', 'Change the label to CERTIFICATE.'],
	hardlink: ['The bytes can be changed under another name.', 'A file with two hard links', 'Upload a file of its own.'],
	'cert-pkcs12': ['The server loads PEM only.', 'A .pfx from the Windows export', 'openssl pkcs12, or convert it.'],
	'cert-pkcs7': ['The server loads PEM only.', 'A .p7b from AD CS', 'openssl pkcs7 -print_certs, or convert it.'],
	'cert-is-crl': ['A revocation list is not a certificate.', 'A .crl of the CA', 'Upload the certificate.'],
	'cert-is-key': ['The certificate is missing.', 'The two files were swapped', 'Upload each under its own name, or convert them.'],
	'cert-has-key': [
		'A certificate file is shown to others; a key must not be.',
		'A .pem with both',
		'Make a new key, or leave the key out.',
	],
	'cert-trusted-label': ['Only OpenSSL reads this form.', '-----BEGIN TRUSTED CERTIFICATE-----', 'Convert it.'],
	'key-is-cert': ['A certificate is not a key.', 'The two files were swapped', 'Upload the key.'],
	'key-has-cert': ['The server loads the first key only.', 'A key with its chain behind it', 'Leave all but the key out.'],
	'key-multiple': ['It is not known which one is meant.', 'Two PRIVATE KEY blocks', 'Upload the one that was made with the request.'],
	'key-encrypted': [
		'A server that starts by itself cannot be asked for a passphrase.',
		'-----BEGIN ENCRYPTED PRIVATE KEY-----',
		'openssl pkey, or convert it.',
	],
	'key-openssh': ['Only OpenSSH reads this form.', '-----BEGIN OPENSSH PRIVATE KEY-----', 'ssh-keygen -p -m PEM on a copy.'],
	'key-is-public': ['The public key proves nothing.', '-----BEGIN PUBLIC KEY-----', 'Upload the private key.'],
	'key-type': ['The document asks for RSA 2048.', 'An EC P-256 key', 'Make an RSA 2048 key, and a request with it.'],
	'key-size': ['The document asks for RSA 2048. Smaller keys are refused.', 'RSA 1024', 'Make an RSA 2048 key, and a request with it.'],
	'key-exponent': [
		'Other exponents than 65537 are not supported everywhere.',
		'RSA with the exponent 3',
		'Make a key with the usual exponent.',
	],
	'key-label': [
		'Label and content disagree; some programs refuse it.',
		'PKCS#8 that is labelled RSA PRIVATE KEY',
		'openssl pkey writes it anew.',
	],
	'key-mode': ['Others can read the key.', 'Mode 0644', 'chmod 600 before the next upload.'],
	'key-reused': ['A key that was exposed stays exposed.', 'A renewal for the installed key', 'Make a new key for each certificate.'],
	'key-mismatch': ['TLS needs the key of this certificate.', 'The key of last year', 'Upload the key that was made with the request.'],
	'key-inconsistent': [
		'The numbers of the key do not fit together, or it cannot sign.',
		'A key that was edited',
		'Copy the key again from where it was made.',
	],
	'anchor-not-root': ['A path ends at a root that clients trust.', 'An intermediate as --ca', 'Name the root of the CA as well.'],
	'chain-order': ['TLS clients expect the server first.', 'root, intermediate, server', 'Put the server first, or convert it.'],
	'chain-broken': ['Clients cannot build a path to their root.', 'The intermediate of another CA', 'Add the certificate of the issuer.'],
	'chain-signature': [
		'The issuer did not make this certificate.',
		'A CA of the same name with another key',
		'Ask the CA for the right chain.',
	],
	'chain-not-ca': ['Only a CA may issue certificates.', 'CA:FALSE in the middle of a chain', 'Ask the CA for the right chain.'],
	'chain-expired': ['A chain ends with its first certificate that does.', 'An intermediate of 2015', 'Ask the CA for the present chain.'],
	'chain-missing': ['Clients that do not have the intermediate refuse the server.', 'The certificate alone', 'Append the chain of the CA.'],
	'chain-duplicate': ['It is sent twice for nothing.', 'The server certificate, twice', 'Remove one of them.'],
	'chain-long': ['Clients limit the length of a chain.', 'Twenty certificates', 'Leave out what does not belong to the chain.'],
	'chain-superfluous': [
		'Clients pass over certificates that are not on the path, but they are sent each time.',
		'The expired intermediate beside the renewed one',
		'Leave them out, or convert it.',
	],
	'chain-purpose': [
		'OpenSSL refuses a chain whose CA may not issue for TLS servers and clients.',
		'An intermediate whose extended key usage is serverAuth only',
		'Ask the CA for a chain without that limit.',
	],
	'chain-key': ['TLS libraries refuse the key of a CA in the chain.', 'A CA with RSA 1024', 'Ask the CA for a chain with stronger keys.'],
	'chain-name-encoding': [
		'Programs that use NSS compare names byte by byte.',
		'UTF8String in one certificate, PrintableString in the other',
		'Tell the CA; OpenSSL accepts it.',
	],
	'explicit-curve': [
		'TLS libraries refuse a key that spells its curve out.',
		'A CA key with explicit curve parameters',
		'The CA must use a named curve.',
	],
	'netscape-cert-type': ['OpenSSL still honours this extension of the nineties.', 'nsCertType = server', 'Ask the CA to leave it out.'],
	precertificate: ['It exists for the logs of Certificate Transparency.', 'A download from crt.sh', 'Download the certificate itself.'],
	'must-staple': [
		'Clients that enforce it refuse a server without an OCSP response.',
		'The TLS feature extension',
		'Ask the CA to leave it out.',
	],
	'test-ca': ['Clients do not trust a CA that is for tests.', "Let's Encrypt's staging CA", 'Request it from the real CA.'],
	'self-signed': ['Nobody but its own users trusts it.', 'openssl req -x509', 'Have it issued by a CA.'],
	'cert-is-ca': ['Whoever holds its key could issue certificates.', 'CA:TRUE', 'Ask the CA for CA:FALSE.'],
	'cert-version': ['Only version 3 has a SAN.', 'Version 1', 'Ask the CA for version 3.'],
	'basic-constraints-missing': ['It does not say that it is no CA.', 'No basicConstraints', 'Ask the CA for CA:FALSE.'],
	serial: ['RFC 5280 asks for a positive number of at most 20 bytes.', 'A negative serial number', 'Nothing has to be done.'],
	'duplicate-extension': ['It is not defined which of them counts.', 'Two subjectAltName extensions', 'Ask the CA to issue it again.'],
	'unknown-critical-extension': [
		'Whoever does not know a critical extension must refuse.',
		'A private OID, critical',
		'Ask the CA to issue it without.',
	],
	expired: ['Clients refuse it.', 'The certificate of last year', 'Have a new one issued.'],
	'not-yet-valid': ['Clients refuse it until then.', 'A certificate for next month, or a wrong clock', 'Wait, or set the clock.'],
	'dates-reversed': ['It is never valid.', 'notAfter before notBefore', 'Ask the CA to issue it again.'],
	'expires-soon': ['The next replacement is due soon.', 'Ten days left', 'Have the next one issued.'],
	'long-validity': ['Browsers refuse long lifetimes of public CAs.', '1000 days', 'Ask the CA for a shorter one next time.'],
	'signature-algorithm': ['The document asks for SHA-256 with RSA.', 'SHA-1', 'Ask the CA for SHA-256.'],
	'extended-key-usage': ['The server is a client, too: it needs serverAuth and clientAuth.', 'serverAuth only', 'Ask the CA for both.'],
	'key-usage': ['TLS signs with the key.', 'No digitalSignature', 'Ask the CA for digitalSignature and keyEncipherment.'],
	'key-usage-cert-sign': ['A server must not sign certificates.', 'keyCertSign', 'Ask the CA for the usual key usage.'],
	'names-lost': [
		'Clients that reach the server by a name of the installed certificate refuse a new one without it.',
		'ts1 was in the old SAN, only ts1.example.com is in the new one',
		'Have a certificate with all names issued, or tell those who use the name.',
	],
	'san-missing': ['Clients look at the SAN, not at the CN.', 'No subjectAltName', 'Ask the CA for a SAN with all names.'],
	'san-host': ['Clients refuse a name that is not in the SAN.', 'ts1.example.com is missing', 'Ask the CA for a SAN with all names.'],
	'san-ip-as-dns': ['Clients compare an address with IP entries only.', 'DNS:10.0.0.5', 'Ask the CA to enter it as IP.'],
	'san-wildcard': ['The document asks for whole names.', '*.example.com', 'Ask the CA for the name of each server.'],
	'san-invalid': [
		'No client asks for such a name.',
		'"ts1.example.com, ts2.example.com" in one entry',
		'Ask the CA for one name in each entry.',
	],
	'cn-missing': ['The document asks for a CN.', 'An empty subject', 'Ask the CA for CN = the name of the server.'],
	'cn-multiple': ['The document asks for one CN.', 'CN=ts1, CN=ts2', 'Ask the CA for one.'],
	'cn-not-fqdn': ['The CN must be the whole name of the server.', 'CN=ts1', 'Ask the CA for CN=ts1.example.com.'],
	'cn-wildcard': ['The CN must be the name of one server.', 'CN=*.example.com', 'Ask the CA for the name of the server.'],
	'cn-too-long': ['RFC 5280 allows 64 characters.', 'A CN of 70 characters', 'Use an alias, or a shorter name.'],
	'cn-invalid': ['No host has such a name.', 'A NUL in the CN', 'Ask the CA to issue it again.'],
	'cn-not-in-san': ['Clients look at the SAN only.', 'CN=ts1.example.com, SAN without it', 'Ask the CA to add it.'],
};

const what: Record<Role, string> = {cert: 'The certificate file. ', key: 'The key file. '};

/** The explanation of every finding, by its id. */
export const explanations: ReadonlyMap<string, Explanation> = new Map([
	...(['cert', 'key'] as const).flatMap(role =>
		Object.entries(ofEither).map(([id, words]) => [`${role}-${id}`, explained(words, what[role])] as const),
	),
	...Object.entries(ofOne).map(([id, words]) => [id, explained(words)] as const),
]);

function explained([reason, example, fix]: Words, about = ''): Explanation {
	return {reason: about + reason, example, fix};
}

/** docs/findings.md. */
export function findingsPage(): string {
	const sections = [...explanations].map(
		([id, {reason, example, fix}]) =>
			`## ${id}\n\n${reason}\n\n* Example: ${example.replaceAll(/[*<>_|]/g, String.raw`\$&`)}\n* Fix: ${fix}\n`,
	);
	return [
		'# Findings',
		'What `tanos certificate check`, `2-4` and `soap check` report. `tanos certificate explain ID` prints one of these.',
		'This page is made from a table in the code: `npm run reference`.',
		...sections,
	].join('\n\n');
}
