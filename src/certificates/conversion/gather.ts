import type {KeyObject} from 'node:crypto';
import {tryParse} from '../parse/parse-error.js';
import {toPem} from '../parse/pem.js';
import {decodeBlock, readPemText, saysEncrypted, textOfBlock, type Block} from '../parse/pem-text.js';
import {certificatesInPkcs7} from '../parse/pkcs7.js';
import {isPrivateKeyFormat, detectFormat, type FileFormat} from '../parse/detect-format.js';
import {firstElement} from '../parse/tlv.js';
import {openPkcs12} from './open-pkcs12.js';
import {decodeText} from '../parse/decode-text.js';
import {elementsFrom, type Placed} from '../parse/mixed-forms.js';
import {repairText} from '../parse/repair-text.js';
import {readStructured} from './structured-keys.js';
import {unlockKey, type LockedKey} from './unlock-key.js';
import {Problem} from '../../problem.js';

/** The certificates and keys of a file, in its order. */
export type Gathered = {
	/** In DER. */
	certificates: Buffer[];
	keys: KeyObject[];
	/** Why some keys could not be opened. */
	unopened: Problem[];
	/** Whether the certificates came out of a container, where the order has no meaning and unrelated certificates may be included. */
	unordered: boolean;
};

/** Takes a file apart, whatever form it has. Throws Problems of opening what is locked, and ParseError. */
export function gather(bytes: Buffer, passphrase: string): Gathered {
	const gathered: Gathered = {certificates: [], keys: [], unopened: [], unordered: false};
	const format = bytes[0] === 0x30 ? detectFormat(bytes) : 'unknown';
	const binary = format === 'unknown' ? [] : elementsFrom(bytes, 0);
	for (const {format: its, element} of binary) {
		take(gathered, its, element, passphrase);
	}

	if (format !== 'unknown' && binary.length === 0) {
		take(gathered, format, bytes, passphrase); // BER of indefinite length, which nothing follows.
	}

	for (const block of format === 'unknown' || binary.length > 0 ? readPemText(pemIn(bytes, binary.at(-1))).blocks : []) {
		takeBlock(gathered, block, passphrase);
	}

	const {certificates, keys} = gathered.certificates.length + gathered.keys.length === 0 ? readStructured(decodeText(bytes)) : nothing;
	gathered.certificates.push(...certificates);
	gathered.keys.push(...keys);
	return gathered;
}

const nothing = {certificates: [], keys: []};

/** The PEM text of a file, behind the binary data that it begins with. */
function pemIn(bytes: Buffer, last: Placed | undefined): Buffer {
	const text = last === undefined ? bytes : bytes.subarray(last.at + last.element.length);
	return text.length === 0 ? text : repairText(text);
}

function takeBlock(gathered: Gathered, block: Block, passphrase: string): void {
	if (block.label.endsWith('PRIVATE KEY') && saysEncrypted(block)) {
		addKey(gathered, {pem: textOfBlock(block)}, passphrase);
		return;
	}

	const isOther = block.label.endsWith('PARAMETERS') || block.label.endsWith('CRL');
	if (!isOther) {
		const decoded = decodeBlock(block);
		take(gathered, block.label === 'TRUSTED CERTIFICATE' ? 'certificate' : detectFormat(decoded), decoded, passphrase);
	}
}

function take(gathered: Gathered, format: FileFormat, der: Buffer, passphrase: string): void {
	if (format === 'certificate') {
		gathered.certificates.push(certificateIn(der));
	} else if (format === 'PKCS#7') {
		gathered.certificates.push(...certificatesInPkcs7(der));
		gathered.unordered = true;
	} else if (format === 'PKCS#12') {
		const {certificates, keys} = openPkcs12(der, passphrase);
		gathered.certificates.push(...certificates);
		gathered.keys.push(...keys);
		gathered.unordered = true;
	} else if (isPrivateKeyFormat(format)) {
		addKey(
			gathered,
			format === 'PKCS#8' || format === 'encrypted PKCS#8' ? {pkcs8: der} : {pem: Buffer.from(toPem(labels[format] ?? 'PRIVATE KEY', der))},
			passphrase,
		);
	}
}

/** Another key may do where one cannot be opened. */
function addKey({keys, unopened}: Gathered, key: LockedKey, passphrase: string): void {
	try {
		keys.push(unlockKey(key, passphrase));
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		unopened.push(error);
	}
}

/** OpenSSL's own TRUSTED CERTIFICATE has its settings after the certificate. */
function certificateIn(der: Buffer): Buffer {
	let certificate = der;
	tryParse(() => {
		certificate = firstElement(der).whole;
	});
	return certificate;
}

const labels: Partial<Record<FileFormat, string>> = {'PKCS#1': 'RSA PRIVATE KEY', SEC1: 'EC PRIVATE KEY', DSA: 'DSA PRIVATE KEY'};
