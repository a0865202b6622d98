// The findings of a key file that is damaged or holds something else.
import {intoNewFile, refuse, shellWord, warn, type FindingDraft} from './finding.js';
import {needsLegacyProvider} from '../parse/protection.js';
import type {Block} from '../parse/pem-text.js';
import {listed, quoted, sanitise} from '../../sanitise.js';
import {formatByLabel, type FileFormat} from '../parse/detect-format.js';

/** Which label goes with which content. */
export const keyLabels: Record<string, FileFormat> = {
	'PRIVATE KEY': 'PKCS#8',
	'RSA PRIVATE KEY': 'PKCS#1',
	'EC PRIVATE KEY': 'SEC1',
	'DSA PRIVATE KEY': 'DSA',
};

/** The finding for a known format that is not a private key. */
export function unexpectedInKeyFile(format: FileFormat, name: string, bytes: Buffer = Buffer.alloc(0)): FindingDraft | undefined {
	const upload = 'Upload the private key that was made with the request of this certificate.';
	switch (format) {
		case 'certificate': {
			return refuse(
				'key-is-cert',
				`${sanitise(name)} holds a certificate and no private key. Were the two files swapped, or is it the same file twice?`,
				upload,
			);
		}

		case 'request': {
			return refuse('key-is-csr', `${sanitise(name)} holds a certificate signing request and no private key.`, upload);
		}

		case 'public key': {
			return refuse('key-is-public', `${sanitise(name)} holds the public key.`, upload);
		}

		case 'revocation list':
		case 'PKCS#7':
		case 'PKCS#12': {
			return refuse(
				'key-not-pem',
				`${sanitise(name)} holds a ${format}, not a private key in PEM form.`,
				format === 'PKCS#12' ? takeKeyOut(name, bytes) : upload,
			);
		}

		default: {
			return undefined;
		}
	}
}

function takeKeyOut(name: string, bytes: Buffer): string {
	const legacy = needsLegacyProvider(bytes) ? ' -legacy' : '';
	return `Take the key out: ${intoNewFile(`openssl pkcs12${legacy} -in ${shellWord(name)} -nocerts -nodes`, `${name}.pem`)}`;
}

export function withoutKey(name: string, blocks: Block[]): FindingDraft {
	const formats = blocks.map(({label}) => formatByLabel(label));
	const format = formats.find(found => found !== undefined);
	const fault = format && unexpectedInKeyFile(format, name);
	return (
		fault
		?? refuse(
			'key-not-pem',
			`${sanitise(name)} holds no private key, but: ${listed(blocks.map(({label}) => label))}.`,
			'Upload the private key in PEM form.',
		)
	);
}

export function hasMore(name: string, others: Block[]): FindingDraft {
	return refuse(
		'key-has-cert',
		`${sanitise(name)} holds more than the private key: ${listed(others.map(({label}) => label))}.`,
		'The key file must hold exactly one private key and nothing else. Put certificates into the certificate file.',
	);
}

/** A key that a passphrase protects; its bytes say which providers of OpenSSL can open it. */
export function encrypted(name: string, bytes: Buffer, options: {binary?: boolean} = {}): FindingDraft {
	const providers = needsLegacyProvider(bytes) ? ' -provider legacy -provider default' : '';
	const form = options.binary ? ' -inform DER' : '';
	return refuse(
		'key-encrypted',
		`${sanitise(name)} is protected by a passphrase, and the server cannot ask for it when it starts.`,
		`Remove the passphrase, also an empty one: ${intoNewFile(`openssl pkey${providers}${form} -in ${shellWord(name)}`, `${name}.pem`)}`,
	);
}

/** Keys of which the file holds no more than a handle, or that belong to another system. */
export function foreignKey(name: string, label: string): FindingDraft | undefined {
	if (/^TSS2? /.test(label)) {
		return refuse(
			'key-type',
			`${sanitise(name)} is a key of a TPM (${quoted(label)}): only the TPM that made it can use it, and the server cannot load it.`,
			'Make an RSA 2048 key in a file, and a new request with it.',
		);
	}

	return /^(?:SSH2|PGP) /.test(label)
		? refuse(
				'key-not-pem',
				`${sanitise(name)} holds a key for another system (${quoted(label)}), not for TLS.`,
				'Upload the private key that was made with the request of this certificate.',
			)
		: undefined;
}

/** A key in OpenSSH's own format. ssh-keygen converts in place, so a copy is converted. */
export function opensshKey(name: string): FindingDraft {
	const [word, copy] = [shellWord(name), shellWord(`${name}.pem`)];
	return refuse(
		'key-openssh',
		`${sanitise(name)} is in OpenSSH's own format.`,
		`Convert a copy: ${intoNewFile(`cat ${word}`, `${name}.pem`)} && ssh-keygen -p -m PEM -N '' -f ${copy}`,
	);
}

/** A label that does not match the content. OpenSSL loads some of these and refuses others. */
export function labelFinding(name: string, label: string, format: FileFormat, isLoaded: boolean): FindingDraft {
	const message = `The label says ${quoted(label)}, but what is inside is ${format}.`;
	if (isLoaded) {
		const command = intoNewFile(`openssl pkey -in ${shellWord(name)}`, `${name}.pem`);
		return warn('key-label', `${message} OpenSSL loads it; other programs may not.`, `Rewrite it: ${command}`);
	}

	const right = Object.keys(keyLabels).find(known => keyLabels[known] === format) ?? 'PRIVATE KEY';
	return refuse(
		'key-parse',
		`${message} OpenSSL cannot load it.`,
		`Change the label: ${intoNewFile(`sed 's/${sanitise(label)}-/${right}-/' ${shellWord(name)}`, `${name}.pem`)}`,
	);
}

export function unreadable(message: string): FindingDraft {
	return refuse(
		'key-parse',
		message,
		'Copy the key again, whole, from where it was made. A key that stays damaged must be replaced by a new key and a new request.',
	);
}
