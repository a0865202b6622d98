// The findings of a key file that is damaged or holds something else.
import {refuse, shellWord, warn, type FindingDraft} from './finding.js';
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
export function unexpectedInKeyFile(format: FileFormat, name: string): FindingDraft | undefined {
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
				format === 'PKCS#12' ? `Take the key out: openssl pkcs12 -nocerts -nodes -in ${shellWord(name)} -out key.pem` : upload,
			);
		}

		default: {
			return undefined;
		}
	}
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

export function encrypted(name: string): FindingDraft {
	return refuse(
		'key-encrypted',
		`${sanitise(name)} is protected by a passphrase, and the server cannot ask for it when it starts.`,
		`Remove the passphrase, also an empty one: openssl pkey -in ${shellWord(name)} -out ${shellWord(`${name}.pem`)}`,
	);
}

/** A label that does not match the content. OpenSSL loads some of these and refuses others. */
export function labelFinding(name: string, label: string, format: FileFormat, isLoaded: boolean): FindingDraft {
	const message = `The label says ${quoted(label)}, but what is inside is ${format}.`;
	if (isLoaded) {
		const command = `openssl pkey -in ${shellWord(name)} -out ${shellWord(`${name}.pem`)}`;
		return warn('key-label', `${message} OpenSSL loads it; other programs may not.`, `Rewrite it: ${command}`);
	}

	const right = Object.keys(keyLabels).find(known => keyLabels[known] === format) ?? 'PRIVATE KEY';
	return refuse(
		'key-parse',
		`${message} OpenSSL cannot load it.`,
		`Change the label: sed -i 's/${sanitise(label)}-/${right}-/' ${shellWord(name)}`,
	);
}

export function unreadable(message: string): FindingDraft {
	return refuse(
		'key-parse',
		message,
		'Copy the key again, whole, from where it was made. A key that stays damaged must be replaced by a new key and a new request.',
	);
}
