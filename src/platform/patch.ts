// The embedded module service `patch`. It listens on localhost without TLS and talks to the Tanium Server over TLS.
import {createServer} from 'node:http';
import {consoleOf} from '../appliance/identity.js';
import {answering, json} from './answers.js';
import {connectTls, type TlsPeer} from './client.js';
import {listenOn} from './listener.js';
import {runProgram} from './program.js';
import {readTrusted} from './trust.js';

await runProgram(async ({layout, identity, logLimited}) => {
	const taniumServer: TlsPeer = {
		title: 'Tanium Server',
		...consoleOf(identity),
		trusted: await readTrusted(layout.trustedTaniumServers),
		file: 'trusted.crt',
	};
	const server = createServer(
		{requestTimeout: 30_000},
		answering(
			{
				'GET /health': () => json(200, {ok: true}),
				'GET /tanium-server': async () => json(200, await taniumServerSeen(taniumServer)),
			},
			logLimited,
		),
	);
	return listenOn(server, identity.address, identity.ports.patch);
});

async function taniumServerSeen(peer: TlsPeer): Promise<{ok: boolean; result: string; presented?: string}> {
	const connection = await connectTls(peer);
	connection.socket?.destroy();
	return {
		ok: connection.socket !== undefined,
		result: connection.socket ? 'trusted.crt holds its certificate' : connection.refusal,
		...(connection.presented !== undefined && {presented: connection.presented}),
	};
}
