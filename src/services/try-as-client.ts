// Whether a browser or an API client accepts what a TLS server presents.
import {isIP} from 'node:net';
import {checkServerIdentity, connect} from 'node:tls';
import {toPem} from '../certificates/parse/pem.js';
import {hasCode, messageOf} from '../problem.js';
import {findingIn, type Reason, type Refusal} from '../tls-refusal.js';
import type {Served} from './probe.js';

const words: Partial<Record<Reason, string>> = {
	expired: 'a certificate has expired',
	clock: 'a certificate is not valid yet',
	'untrusted-issuer': 'its issuer is not the trusted one',
};

/**
 * Connects by the server's name as a client that trusts this certificate (DER) and no other. Resolves with why it refuses
 * after `timeout` milliseconds at the latest; with undefined when it accepts. Never rejects.
 */
export async function refusalByClient(
	{port, servername, host = '127.0.0.1'}: Served,
	trusted: Buffer,
	{timeout = 5000}: {timeout?: number} = {},
): Promise<Refusal | undefined> {
	const {promise, resolve} = Promise.withResolvers<Refusal | undefined>();
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
		resolve(refusalFor(error, servername));
	});
	socket.once('close', () => {
		resolve({reason: 'no-answer', result: 'the connection was closed'});
	});
	const refusal = await promise;
	clearTimeout(timer);
	socket.destroy();
	return refusal;
}

function refusalFor(error: Error, servername: string): Refusal {
	const reason = findingIn(error);
	if (reason !== undefined) {
		return {reason, result: words[reason] ?? `its certificate is not for ${servername}`};
	}

	if (hasCode(error, 'ECONNREFUSED')) {
		return {reason: 'no-listener', result: 'nothing answers on its port'};
	}

	return {reason: 'no-answer', result: 'code' in error ? `refused: ${String(error.code)}` : messageOf(error)};
}
