import {createPrivateKey, X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {createSecureContext} from 'node:tls';
import {certificatesIn, fingerprintOf} from '../certificates/parse/pem.js';
import {hasCode, Problem, messageOf} from '../problem.js';

/** A certificate and its key, as a program read them when it started. */
export type Pair = {
	/** The content of the certificate file: the server's own certificate, followed by its chain. */
	certificate: Buffer;
	key: Buffer;
	/** The server's own certificate, as DER. */
	leaf: Buffer;
	fingerprint: string;
};

/** Reads a pair and checks that TLS accepts it. Rejects with Problem `pair-unusable`, naming the file that is wrong. */
export async function readPair(certificateFile: string, keyFile: string): Promise<Pair> {
	const [certificate, key] = await Promise.all([read(certificateFile), read(keyFile)]);
	const leaf = attempt(() => leafOf(certificate), `${certificateFile} is not a certificate in PEM format`);
	attempt(() => createPrivateKey(key), `${keyFile} is not a private key in PEM format without a passphrase`);
	const mismatch = `${path.basename(keyFile)} does not belong to ${certificateFile}`;
	attempt(() => createSecureContext({cert: certificate, key, ca: []}), mismatch);
	return {certificate, key, leaf, fingerprint: fingerprintOf(leaf)};
}

function leafOf(certificate: Buffer): Buffer {
	return new X509Certificate(certificatesIn(certificate)[0] ?? '').raw;
}

async function read(file: string): Promise<Buffer> {
	try {
		return await readFile(file);
	} catch (error) {
		const found = hasCode(error, 'ENOENT') ? 'is missing.' : `cannot be read: ${messageOf(error)}`;
		throw new Problem('pair-unusable', `${file} ${found}`, '', {cause: error});
	}
}

function attempt<Result>(action: () => Result, otherwise: string): Result {
	try {
		return action();
	} catch (error) {
		const because = hasCode(error, 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') ? '' : ` (${messageOf(error)})`;
		throw new Problem('pair-unusable', `${otherwise}${because}.`, '', {cause: error});
	}
}
