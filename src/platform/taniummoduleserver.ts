// The embedded Module Server: an HTTPS listener that only registered Tanium Servers can use, in front of module services that
// listen on localhost without TLS.
import {type IncomingMessage, request as ask, type ServerResponse} from 'node:http';
import {createServer} from 'node:https';
import type {Identity} from '../appliance/identity.js';
import {pipeline} from 'node:stream';
import type {TLSSocket} from 'node:tls';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {messageOf} from '../problem.js';
import {answering, json, refusal, send} from './answers.js';
import {KnownServers} from './known-servers.js';
import {listenOn} from './listener.js';
import {readPair} from './pair.js';
import {runProgram} from './program.js';

const patchRoute = '/services/patch/';

await runProgram(async ({layout, identity, log, logLimited}) => {
	const pair = await readPair(layout.moduleServerCertificate, layout.moduleServerKey);
	const known = new KnownServers(layout, logLimited);
	const status = () => ({name: 'taniummoduleserver', presents: pair.fingerprint, trusts: known.trusted.map(der => fingerprintOf(der))});
	const answer = answering({'GET /status': () => json(200, {data: status()})}, logLimited);
	const server = createServer(
		{
			cert: pair.certificate,
			key: pair.key,
			ca: [],
			requestCert: true,
			rejectUnauthorized: false, // `closeUntrusted` decides, before any byte of the request is read.
			minVersion: 'TLSv1.2',
			handshakeTimeout: 10_000,
			requestTimeout: 30_000,
		},
		(request, response) => {
			if (known.closeUntrusted(request.socket as TLSSocket)) {
				return; // It was trusted when it connected.
			}

			if (request.url?.startsWith(patchRoute)) {
				forward(request, response, identity);
			} else {
				answer(request, response);
			}
		},
	);
	server.prependListener('secureConnection', (socket: TLSSocket) => known.closeUntrusted(socket));
	server.on('tlsClientError', error => {
		logLimited(`A TLS handshake failed: ${messageOf(error)}.`);
	});

	log(`Presents the certificate ${pair.fingerprint}; trusts ${known.trusted.length} Tanium Server(s).`);
	return listenOn(server, identity.address, identity.ports.moduleServer);
});

function forward(request: IncomingMessage, response: ServerResponse, {address, ports}: Identity): void {
	const onward = ask(
		{
			host: address,
			port: ports.patch,
			method: request.method ?? 'GET',
			path: `/${(request.url ?? '').slice(patchRoute.length)}`,
			headers: {'content-type': request.headers['content-type'] ?? 'application/octet-stream'},
			agent: false,
			timeout: 10_000,
		},
		answer => {
			response.writeHead(answer.statusCode ?? 502, {'content-type': answer.headers['content-type'] ?? 'application/octet-stream'});
			pipeline(answer, response, () => undefined);
		},
	);
	onward
		.on('timeout', () => onward.destroy())
		.on('error', () => {
			if (!response.headersSent) {
				send(response, refusal(502, 'patch does not answer.'));
			}
		});
	response.on('close', () => onward.destroy());
	request.pipe(onward);
}
