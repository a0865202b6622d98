// The registration of a Module Server: an administrator submits its certificate and receives the Tanium Server's.
import {X509Certificate} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {replaceFile} from '../appliance/atomic-file.js';
import {certificatesIn, fingerprintOf, toPem} from '../certificates/parse/pem.js';
import {type Answer, json, refusal} from './answers.js';
import type {ProgramContext} from './program.js';
import {withAccount} from './sign-in.js';
import type {Trusted} from './trust.js';

/** Writes trusted-module-servers.crt, passes its content to `trust`, and answers with `own`, the server's certificate. */
export async function register(
	request: IncomingMessage,
	context: ProgramContext,
	own: Buffer,
	trust: (trusted: Trusted) => void,
): Promise<Answer> {
	return withAccount(request, context, async (account, {certificate}) => {
		if (account.role !== 'console-admin') {
			return refusal(403, 'Only a console administrator may register a Module Server.');
		}

		const leaf = leafIn(certificate);
		if (!leaf) {
			return refusal(400, 'The body must hold the Module Server\'s "certificate" in PEM format.');
		}

		await replaceFile(context.layout.trustedModuleServers, toPem('CERTIFICATE', leaf), 0o644);
		trust([leaf]);
		context.log(`Registered the Module Server with certificate ${fingerprintOf(leaf)}.`);
		return json(200, {data: {certificate: toPem('CERTIFICATE', own)}});
	});
}

function leafIn(pem: unknown): Buffer | undefined {
	try {
		return typeof pem === 'string' ? new X509Certificate(certificatesIn(pem)[0] ?? '').raw : undefined;
	} catch {
		return undefined;
	}
}
