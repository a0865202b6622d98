// The registration of a Module Server: an administrator submits its certificate and receives the Tanium Server's. A certificate is
// public, so the Tanium Server connects to the Module Server first: the handshake proves that it has the key.
import {X509Certificate} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import * as v from 'valibot';
import {replaceFiles} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {lockFile} from '../appliance/lock.js';
import {moduleServerPlaceText, type Place} from '../appliance/server-places.js';
import {certificatesIn, fingerprintOf, toPem} from '../certificates/parse/pem.js';
import {messageOf} from '../problem.js';
import {type Answer, json, refusal} from './answers.js';
import type {ProgramContext} from './program.js';
import {connectTls, get, jsonOf, refusalOf, type TlsPeer} from './client.js';
import {withAccount} from './sign-in.js';

/** The Module Server at a place; at the registered one unless another is given. */
export type PeerAt = (place?: Place) => Promise<TlsPeer>;

const placeSchema = v.object({
	name: v.pipe(v.string(), v.regex(/^[\w.-]{1,253}$/)),
	port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
});

/**
 * Answers with `own`, the server's certificate, and writes trusted-module-servers.crt and where the Module Server is: at the place in the
 * request, else at the registered one.
 */
export async function register(request: IncomingMessage, context: ProgramContext, own: Buffer, peerAt: PeerAt): Promise<Answer> {
	return withAccount(request, context, async (account, {certificate, place}) => {
		if (account.role !== 'console-admin') {
			return refusal(403, 'Only a console administrator may register a Module Server.');
		}

		const leaf = leafIn(certificate);
		if (!leaf) {
			return refusal(400, 'The body must hold the Module Server\'s "certificate" in PEM format.');
		}

		const wanted = v.safeParse(v.optional(placeSchema), place);
		if (!wanted.success) {
			return refusal(400, 'The Module Server\'s "place" must hold its "name" and its "port".');
		}

		const doubt = await unproven(await peerAt(wanted.output), leaf);
		if (doubt !== undefined) {
			return refusal(409, `${doubt}.`);
		}

		try {
			await trustModuleServer(context.layout, leaf, wanted.output);
		} catch (error) {
			context.log(`A Module Server could not be registered: ${messageOf(error)}`);
			return refusal(500, `The Tanium Server cannot write its trust file, which is as it was. ${messageOf(error)}`);
		}

		context.log(`Registered the Module Server with certificate ${fingerprintOf(leaf)}.`);
		return json(200, {data: {certificate: toPem('CERTIFICATE', own)}});
	});
}

/** Writes both files or neither. Rejects with the system's error, or with Problem `lock-timeout`. */
async function trustModuleServer(layout: Layout, leaf: Buffer, place: Place | undefined): Promise<void> {
	await using _lock = await lockFile(layout, layout.trustedModuleServers);
	await replaceFiles(
		[
			...(place ? [[layout.moduleServerPlace, moduleServerPlaceText(place)] as const] : []),
			[layout.trustedModuleServers, toPem('CERTIFICATE', leaf)],
		],
		0o644,
	);
}

/**
 * Why the Module Server has not proven that it has the key of this certificate, or does not trust this Tanium Server; undefined when mutual
 * TLS works. Only an answer shows that the certificate of a client was accepted.
 */
async function unproven(moduleServer: TlsPeer, leaf: Buffer): Promise<string | undefined> {
	const connection = await connectTls({...moduleServer, trusted: [leaf]});
	if (!connection.socket) {
		const {presented, refusal} = connection;
		return presented === fingerprintOf(leaf)
			? `The Tanium Server does not accept the Module Server's certificate: ${refusal.result} (the clock there says ${clock()} UTC)`
			: `${noProof}: ${presented === undefined ? refusal.result : 'it presents another one'}`;
	}

	try {
		jsonOf(await get(connection.socket, '/status'));
		return undefined;
	} catch (error) {
		return `${noProof}: ${refusalOf(error, moduleServer.title, true).result}`;
	} finally {
		connection.socket.destroy();
	}
}

const noProof = 'The Module Server has not proven that it has the key of this certificate';

function clock(): string {
	return new Date().toISOString().slice(0, 16).replace('T', ' ');
}

function leafIn(pem: unknown): Buffer | undefined {
	try {
		return typeof pem === 'string' ? new X509Certificate(certificatesIn(pem)[0] ?? '').raw : undefined;
	} catch {
		return undefined;
	}
}
