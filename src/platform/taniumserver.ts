// The embedded Tanium Server: the HTTPS console and API of one sandbox appliance. It reads its files when it starts.
import type {IncomingMessage} from 'node:http';
import {createServer} from 'node:https';
import {loopback, moduleServerOf, type Identity} from '../appliance/identity.js';
import {answering, json, refusal, type Routes} from './answers.js';
import type {TlsPeer} from './client.js';
import {checkModuleServer} from './diagnostics.js';
import {obeyDrill} from './drill.js';
import {listenOn} from './listener.js';
import {page} from './page.js';
import {type Pair, readPair} from './pair.js';
import {runProgram, type ProgramContext} from './program.js';
import {register} from './registration.js';
import {signIn} from './sign-in.js';
import {readTrusted} from './trust.js';

await runProgram(async context => {
	const {layout, identity, log} = context;
	const pair = await readPair(layout.soapCertificate, layout.soapKey);
	const moduleServer: TlsPeer = {
		title: 'Module Server',
		...moduleServerOf(identity),
		trusted: await readTrusted(layout.trustedModuleServers),
		file: 'trusted-module-servers.crt',
		own: pair,
	};
	const server = createServer(
		{
			cert: pair.certificate,
			key: pair.key,
			ca: [],
			minVersion: 'TLSv1.2',
			handshakeTimeout: 10_000,
			requestTimeout: 30_000,
		},
		answering(routesOf(context, pair, moduleServer), context.logLimited),
	);
	log(`Presents the certificate ${pair.fingerprint}.`);
	const afterwards = await obeyDrill(context, pair.fingerprint);
	const listener = await listenOn(server, identity.address, identity.ports.console);
	afterwards();
	return listener;
});

function routesOf(context: ProgramContext, pair: Pair, moduleServer: TlsPeer): Routes {
	return {
		'GET /': () => ({status: 200, type: 'text/html; charset=utf-8', body: page(context.identity.name, pair.fingerprint)}),
		'GET /pub/SOAPServer.crt': () => ({status: 200, type: 'application/x-x509-ca-cert', body: pair.certificate}),
		'POST /api/v2/session/login': async request => signIn(request, context),
		'POST /api/v2/module-server/registration': async request => register(request, context, pair.leaf, moduleServer),
		'GET /api/v2/diagnostics/module-server': async request =>
			isFromHere(request, context.identity)
				? json(200, {data: {connections: await checkModuleServer(moduleServer)}})
				: refusal(403, 'Diagnostics are for this machine only.'),
	};
}

/** Whether a request comes from this appliance: a connection to its own address has that address at both ends. */
function isFromHere({socket: {remoteAddress}}: IncomingMessage, {address}: Identity): boolean {
	return remoteAddress === address || remoteAddress === loopback;
}
