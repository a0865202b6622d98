// The registration of a Module Server: an administrator submits its certificate and receives the Tanium Server's. A certificate is
// public, so the Tanium Server connects to the Module Server first: the handshake proves that it has the key.
import {X509Certificate} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {replaceFile} from '../appliance/atomic-file.js';
import {certificatesIn, fingerprintOf, toPem} from '../certificates/parse/pem.js';
import {type Answer, json, refusal} from './answers.js';
import type {ProgramContext} from './program.js';
import {connectTls, type TlsPeer} from './client.js';
import {withAccount} from './sign-in.js';

/** Writes trusted-module-servers.crt, lets `moduleServer` trust its content, and answers with `own`, the server's certificate. */
export async function register(request: IncomingMessage, context: ProgramContext, own: Buffer, moduleServer: TlsPeer): Promise<Answer> {
	return withAccount(request, context, async (account, {certificate}) => {
		if (account.role !== 'console-admin') {
			return refusal(403, 'Only a console administrator may register a Module Server.');
		}

		const leaf = leafIn(certificate);
		if (!leaf) {
			return refusal(400, 'The body must hold the Module Server\'s "certificate" in PEM format.');
		}

		const doubt = await unproven(moduleServer, leaf);
		if (doubt !== undefined) {
			return refusal(409, `The Module Server has not proven that it has the key of this certificate: ${doubt}.`);
		}

		await replaceFile(context.layout.trustedModuleServers, toPem('CERTIFICATE', leaf), 0o644);
		moduleServer.trusted = [leaf];
		context.log(`Registered the Module Server with certificate ${fingerprintOf(leaf)}.`);
		return json(200, {data: {certificate: toPem('CERTIFICATE', own)}});
	});
}

/** Why the Module Server has not proven that it has the key of this certificate; undefined when it has. */
async function unproven(moduleServer: TlsPeer, leaf: Buffer): Promise<string | undefined> {
	const connection = await connectTls({...moduleServer, trusted: [leaf]});
	if (connection.socket) {
		connection.socket.destroy();
		return undefined;
	}

	const {presented, refusal: reason} = connection;
	return presented === undefined || presented === fingerprintOf(leaf) ? reason : 'it presents another one';
}

function leafIn(pem: unknown): Buffer | undefined {
	try {
		return typeof pem === 'string' ? new X509Certificate(certificatesIn(pem)[0] ?? '').raw : undefined;
	} catch {
		return undefined;
	}
}
