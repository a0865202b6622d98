import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {connect, createSecureContext, createServer, type TLSSocket} from 'node:tls';
import {toPem} from '../certificates/parse/pem.js';
import {topOfPath} from '../certificates/parse/top-of-path.js';
import {hasCode, Problem, messageOf} from '../problem.js';
import {certificatesOf} from './change.js';
import type {PairBytes} from './pair-bytes.js';

/** How long the rehearsal may take, in milliseconds. */
const timeoutMs = 5000;

/**
 * Uses a pair as a server and, if it is for clients, as a client in one TLS handshake on loopback, the way the Tanium Server and the Module
 * Server will use it. Each side trusts the topmost certificate of the chain alone, and verifies all below it for its purpose.
 * Rejects with Problem `rehearsal-failed` when the two do not come to terms.
 */
export async function testHandshake(pair: PairBytes, {isForClients} = {isForClients: true}): Promise<void> {
	const [certificate, {key}] = [certificatesOf(pair), pair];
	try {
		const secureContext = createSecureContext({cert: certificate, key, ca: anchorOf(certificate), allowPartialTrustChain: true});
		// A server takes this context only through the name that the client asks for.
		const server = createServer({
			SNICallback: (_, done) => {
				done(null, secureContext);
			},
			requestCert: isForClients,
			rejectUnauthorized: false, // It would hang up without a reason; `shakeHands` asks for it.
			minVersion: 'TLSv1.2',
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		try {
			await shakeHands(
				server,
				() =>
					connect({
						host: '127.0.0.1',
						port: (server.address() as AddressInfo).port,
						servername: 'rehearsal',
						secureContext,
						checkServerIdentity: () => undefined, // Names are checked before, against the appliance's own.
					}),
				{leaf: new X509Certificate(certificate), isForClients},
			);
		} finally {
			server.close();
		}
	} catch (error) {
		throw new Problem('rehearsal-failed', `A TLS handshake with the new pair failed: ${reasonIn(error)}.`, hintFor(error), {cause: error});
	}
}

/** What a client that trusts the CA has, as far as the file tells: the end of the path. The whole file when there is none. */
function anchorOf(file: Buffer): Buffer | string {
	const top = topOfPath(file);
	return top === undefined ? file : toPem('CERTIFICATE', top.der);
}

/** The certificate was refused by the verification of one side. */
class Unverified extends Error {
	public constructor(
		/** OpenSSL's name for the reason, such as `INVALID_PURPOSE`. */
		code: string,
		role: 'client' | 'server',
	) {
		super(`OpenSSL does not verify the certificate of the ${role}: ${code}`);
	}
}

/** What OpenSSL says, without the numbers around it; any other error in full. */
function reasonIn(error: unknown): string {
	return error instanceof Error && 'reason' in error ? `OpenSSL says "${String(error.reason)}"` : messageOf(error).replace(/\.$/, '');
}

/** Only what OpenSSL refuses has to do with the pair; anything else is a fault of this machine. */
function hintFor(error: unknown): string {
	return error instanceof Unverified
		|| (error instanceof Error && ('reason' in error || hasCode(error, 'ERR_TLS_CERT_ALTNAME_INVALID') || 'cert' in error))
		? 'Nothing was changed. The pair must be one that TLS servers and clients accept; a certificate that is not is a matter for the CA.'
		: 'Nothing was changed. Try again; if it fails again, look at the memory and the open files of this machine.';
}

async function shakeHands(
	server: ReturnType<typeof createServer>,
	open: () => ReturnType<typeof connect>,
	{leaf, isForClients}: {leaf: X509Certificate; isForClients: boolean},
): Promise<void> {
	const signal = AbortSignal.timeout(timeoutMs);
	const refused = once(server, 'tlsClientError', {signal}).then(([error]: unknown[]) => {
		throw error;
	});
	const accepted = once(server, 'secureConnection', {signal}).then(([socket]: TLSSocket[]) => {
		if (isForClients && socket?.authorized !== true) {
			throw new Unverified(String(socket?.authorizationError), 'client');
		}
	});
	const client = open();
	try {
		await Promise.race([refused, Promise.all([accepted, connected(client, signal)])]);
		if (!client.getPeerX509Certificate()?.raw.equals(leaf.raw)) {
			throw new Error('another certificate was presented');
		}
	} finally {
		refused.catch(() => {});
		accepted.catch(() => {});
		client.destroy();
	}
}

async function connected(client: TLSSocket, signal: AbortSignal): Promise<void> {
	try {
		await once(client, 'secureConnect', {signal});
	} catch (error) {
		throw isVerification(error) ? new Unverified(`${messageOf(error)} (${error.code})`, 'server') : error;
	}
}

/** Node gives such an error the code of OpenSSL's verification, and other errors of OpenSSL a `reason`. */
function isVerification(error: unknown): error is Error & {code: string} {
	return error instanceof Error && 'code' in error && /^(?!E[A-Z]|ABORT)[A-Z_]+$/.test(String(error.code)) && !('syscall' in error);
}
