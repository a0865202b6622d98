// The embedded Tanium Server: the HTTPS console and API of one sandbox appliance. It reads its pair when it starts.
import type {IncomingMessage} from 'node:http';
import {createServer} from 'node:https';
import {loopback, type Identity} from '../appliance/identity.js';
import {endpointOf, readModuleServerPlace} from '../appliance/server-places.js';
import {answering, json, refusal, type Routes} from './answers.js';
import {checkModuleServer} from './diagnostics.js';
import {obeyDrill} from './drill.js';
import {listenOn} from './listener.js';
import {page} from './page.js';
import {type Pair, readPair} from './pair.js';
import {runProgram, type ProgramContext} from './program.js';
import {register, type PeerAt} from './registration.js';
import {signIn} from './sign-in.js';
import {trustFile} from './trust.js';

await runProgram(async context => {
	const {layout, identity, log} = context;
	const pair = await readPair(layout.soapCertificate, layout.soapKey);
	const moduleServers = trustFile(layout.trustedModuleServers, context.logLimited);
	const peerAt: PeerAt = async place => ({
		title: 'Module Server',
		...(await endpointOf(layout, identity, place ?? (await readModuleServerPlace(layout, identity)))),
		trusted: moduleServers.value,
		file: 'trusted-module-servers.crt',
		own: pair,
	});
	const server = createServer(
		{
			cert: pair.certificate,
			key: pair.key,
			ca: [],
			minVersion: 'TLSv1.2',
			handshakeTimeout: 10_000,
			requestTimeout: 30_000,
		},
		answering(routesOf(context, pair, peerAt), context.logLimited),
	);
	log(`Presents the certificate ${pair.fingerprint}.`);
	const afterwards = await obeyDrill(context, pair.fingerprint);
	const listener = await listenOn(server, identity.address, identity.ports.console);
	afterwards();
	return listener;
});

function routesOf(context: ProgramContext, pair: Pair, peerAt: PeerAt): Routes {
	return {
		'GET /': () => ({status: 200, type: 'text/html; charset=utf-8', body: page(context.identity.name, pair.fingerprint)}),
		'GET /pub/SOAPServer.crt': () => ({status: 200, type: 'application/x-x509-ca-cert', body: pair.certificate}),
		'POST /api/v2/session/login': async request => signIn(request, context),
		'POST /api/v2/module-server/registration': async request => register(request, context, pair.leaf, peerAt),
		'GET /api/v2/diagnostics/module-server': async request =>
			isFromHere(request, context.identity)
				? json(200, {data: {connections: await checkModuleServer(await peerAt(), context.identity.name)}})
				: refusal(403, 'Diagnostics are for this machine only.'),
	};
}

/** Whether a request comes from this appliance: a connection to its own address has that address at both ends. */
function isFromHere({socket: {remoteAddress}}: IncomingMessage, {address}: Identity): boolean {
	return remoteAddress === address || remoteAddress === loopback;
}
