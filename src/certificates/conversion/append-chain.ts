// A chain that came in a file of its own, as many CAs send it, put behind the certificate of the server.
import {readCertificate, type Certificate} from '../parse/certificate.js';
import {chainOf} from '../parse/chain.js';
import {detectFormat} from '../parse/detect-format.js';
import {formatName} from '../parse/distinguished-name.js';
import {ParseError} from '../parse/parse-error.js';
import {certificatesIn, toPem} from '../parse/pem.js';
import {Problem} from '../../problem.js';
import {gather} from './gather.js';

export type WithChain = {
	/** The certificate file's own bytes, and behind them the certificates that continue its chain. */
	bytes: Buffer;
	/** Their subjects, sanitised, the issuer of the server's certificate first. */
	added: string[];
};

/**
 * Puts the certificates of another file, in PEM, DER or PKCS#7, behind a certificate in PEM, as far as they continue its chain.
 * Undefined when none does, or one of the files cannot be read. Neither Buffer is changed.
 */
export function appendChain(file: Buffer, other: Buffer, at: Date): WithChain | undefined {
	const [own, others] = [readIn(() => certificatesIn(file)), readIn(() => certificatesOf(other))];
	const path = own.length === 0 ? [] : (chainOf([...own, ...others], {at})?.path ?? []);
	const added = path.filter(one => !own.some(({der}) => der.equals(one.der)));
	if (added.length === 0 || !own.some(({der}) => path[0]?.der.equals(der))) {
		return undefined;
	}

	const lineEnd = file.at(-1) === 0x0a ? '' : '\n';
	return {
		bytes: Buffer.concat([file, Buffer.from(lineEnd + added.map(({der}) => toPem('CERTIFICATE', der)).join(''))]),
		added: added.map(({subject}) => formatName(subject)),
	};
}

/** A PKCS#12 bundle is left alone: it needs a passphrase, and may take long. */
function certificatesOf(bytes: Buffer): Buffer[] {
	return bytes[0] === 0x30 && detectFormat(bytes) === 'PKCS#12' ? [] : gather(bytes, '').certificates;
}

function readIn(find: () => Buffer[]): Certificate[] {
	try {
		return find().map(der => readCertificate(der));
	} catch (error) {
		if (error instanceof ParseError || error instanceof Problem) {
			return [];
		}

		throw error;
	}
}
