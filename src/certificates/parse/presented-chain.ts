import {X509Certificate} from 'node:crypto';
import {certificatesIn} from './pem.js';

/**
 * What a TLS client sees of a server's certificate file, as DER: its first certificate, and each further one that issued the one before it
 * (X509_check_issued(3)). Others in the file are superfluous. Throws for a file that cannot be read.
 */
export function presentedChain(file: Buffer): Buffer[] {
	const [first, ...others] = certificatesIn(file).map(der => new X509Certificate(der));
	const chain = first ? [first] : [];
	for (let last = first; last;) {
		const child = last;
		last = others.find(one => child.checkIssued(one) && !chain.some(({raw}) => raw.equals(one.raw)));
		chain.push(...(last ? [last] : []));
	}

	return chain.map(({raw}) => raw);
}
