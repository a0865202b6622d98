// How a certificate of a file is called in findings.
import type {Certificate} from '../parse/certificate.js';
import {numberOf, type Chain} from '../parse/chain.js';
import {formatName} from '../parse/distinguished-name.js';

/** Such as `certificate 2 (CN=Issuing CA)`. */
export function numbered(certificate: Certificate, chain: Pick<Chain, 'all'>): string {
	return `certificate ${numberOf(chain, certificate)} (${formatName(certificate.subject)})`;
}

/** Also by serial number and date, which tell certificates of one name apart. */
export function identified(certificate: Certificate, chain: Pick<Chain, 'all'>): string {
	return `${numberOf(chain, certificate)}. ${formatName(certificate.subject)}, ${distinction(certificate)}`;
}

/** `serial number 1A2B, valid to 2027-03-01`. */
export function distinction({x509, notAfter}: Certificate): string {
	return `serial number ${x509.serialNumber}, valid to ${notAfter.toISOString().slice(0, 10)}`;
}

/** `certificate 3`, `certificates 3 and 4`, `certificates 3, 4 and 6`. */
export function inWords(numbers: readonly number[]): string {
	const last = numbers.at(-1) ?? 0;
	return numbers.length === 1 ? `certificate ${last}` : `certificates ${numbers.slice(0, -1).join(', ')} and ${last}`;
}
