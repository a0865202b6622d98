// Whether a browser or an API client accepts what a TLS server presents.
import {isIP} from 'node:net';
import {checkServerIdentity, connect} from 'node:tls';
import {toPem} from '../certificates/parse/pem.js';
import {hasCode, messageOf} from '../problem.js';
import type {Served} from './probe.js';

/** By the names that OpenSSL gives to what its verification found (X509_verify_cert_error_string(3)). */
const reasons: Record<string, string> = {
	CERT_HAS_EXPIRED: 'a certificate has expired',
	CERT_NOT_YET_VALID: 'a certificate is not valid yet',
	ECONNREFUSED: 'nothing answers on its port',
	...Object.fromEntries(
		[
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'SELF_SIGNED_CERT_IN_CHAIN',
			'UNABLE_TO_GET_ISSUER_CERT',
			'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		].map(code => [code, 'its issuer is not the trusted one']),
	),
};

/**
 * Connects by the server's name as a client that trusts this certificate (DER) and no other. Resolves with why it refuses, in a few words,
 * after `timeout` milliseconds at the latest; with undefined when it accepts. Never rejects.
 */
export async function refusalByClient(
	{port, servername, host = '127.0.0.1'}: Served,
	trusted: Buffer,
	{timeout = 5000}: {timeout?: number} = {},
): Promise<string | undefined> {
	const {promise, resolve} = Promise.withResolvers<string | undefined>();
	const socket = connect({
		host,
		port,
		...(isIP(servername) === 0 && {servername}), // RFC 6066 section 3.
		ca: toPem('CERTIFICATE', trusted),
		allowPartialTrustChain: true,
		checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate),
	});
	const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeout / 1000} seconds`)), timeout);
	socket.once('secureConnect', () => {
		resolve(undefined);
	});
	socket.once('error', (error: Error) => {
		resolve(reasonOf(error, servername));
	});
	socket.once('close', () => {
		resolve('the connection was closed');
	});
	const reason = await promise;
	clearTimeout(timer);
	socket.destroy();
	return reason;
}

function reasonOf(error: Error, servername: string): string {
	if (hasCode(error, 'ERR_TLS_CERT_ALTNAME_INVALID')) {
		return `its certificate is not for ${servername}`;
	}

	const code = 'code' in error ? String(error.code) : '';
	return reasons[code] ?? (code === '' ? messageOf(error) : `refused: ${code}`);
}
