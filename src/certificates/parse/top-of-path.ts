import {readCertificate, type Certificate} from './certificate.js';
import {chainOf} from './chain.js';
import {tryParse} from './parse-error.js';
import {certificatesIn} from './pem.js';

/**
 * What clients must trust, as far as a certificate file tells: the end of the path that begins with the server's certificate. It is the
 * root when the file holds it; a self-signed certificate is its own. Undefined when the file cannot be read.
 */
export function topOfPath(file: Buffer): Certificate | undefined {
	const certificates: Certificate[] = [];
	const fault = tryParse(() => {
		certificates.push(...certificatesIn(file).map(der => readCertificate(der)));
	});
	return fault === undefined ? chainOf(certificates)?.path.at(-1) : undefined;
}
