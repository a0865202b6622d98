// What a file may be used for when a certificate is replaced, by what it holds and not by its name.
import {blocksIn, type FileBlock} from './file-blocks.js';
import {sanitise} from '../../sanitise.js';

export type Use = 'certificate' | 'key' | 'chain';

export type FileSummary = {
	/** What it holds, sanitised, such as `certificate of ts1.example.com, valid to 2027-03-01`. */
	holds: string;
	/** Its uses; of a certificate that says it issues others, `certificate` comes last. */
	uses: Use[];
};

/** Names of files whose content may become a certificate or a key by a conversion. */
const usual: Readonly<Record<'certificate' | 'key', RegExp>> = {
	certificate: /\.(?:crt|cer|cert|pem|der|p7b|p7c|p12|pfx)$/i,
	key: /\.(?:key|pem|der|p8|pk8|p12|pfx)$/i,
};

/** Says what a file holds, as seen at a moment. Never throws for its content. */
export function summarise(name: string, bytes: Buffer, at: Date): FileSummary {
	const blocks = blocksIn(bytes, at);
	const certificates = blocks.flatMap(block => (block.kind === 'certificate' ? [block] : []));
	const hasKey = blocks.some(({kind}) => kind === 'private-key');
	const isBundle = blocks.some(block => block.kind === 'bundle' && block.format === 'PKCS#12');
	const parts = [...wordsForCertificates(certificates), ...wordsForOthers(blocks)];
	if (parts.length === 0) {
		return {holds: 'neither PEM nor DER', uses: (['certificate', 'key'] as const).filter(use => usual[use].test(name))};
	}

	const hasServer = certificates.some(({isAuthority}) => !isAuthority);
	const uses: Array<Use | false> = [
		(hasServer || isBundle) && 'certificate',
		(hasKey || isBundle) && 'key',
		certificates.some(({isAuthority}) => isAuthority) && 'chain',
		!hasServer && certificates.some(({certificate}) => certificate.selfSigned) && 'certificate',
	];
	return {holds: parts.join(' and '), uses: uses.filter(use => use !== false)};
}

type CertificateBlock = Extract<FileBlock, {kind: 'certificate'}>;

function wordsForCertificates(certificates: readonly CertificateBlock[]): string[] {
	const [first] = certificates.toSorted((one, other) => Number(one.isAuthority) - Number(other.isAuthority));
	if (first === undefined) {
		return [];
	}

	const {commonName, names, subject, notAfter} = first.certificate;
	const more = certificates.length - 1;
	const of = first.isAuthority ? 'CA certificate of' : 'certificate of';
	return [
		`${of} ${commonName || (names[0] ?? subject)}, valid to ${notAfter.slice(0, 10)}${more === 0 ? '' : `, with ${more} more behind it`}`,
	];
}

function wordsForOthers(blocks: readonly FileBlock[]): string[] {
	const words = blocks.flatMap(block => {
		switch (block.kind) {
			case 'private-key': {
				return [block.hasPassphrase ? 'private key with a passphrase' : `private key${block.keyType ? ` (${block.keyType})` : ''}`];
			}

			case 'bundle': {
				return [`${block.format} bundle`];
			}

			case 'request': {
				return ['certificate signing request'];
			}

			case 'revocation-list': {
				return ['revocation list'];
			}

			default: {
				return [];
			}
		}
	});
	return [...new Set(words)].map(word => sanitise(word));
}
