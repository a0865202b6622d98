// The embedded module service `patch`. It listens on the appliance's own address without TLS and talks to each Tanium Server over TLS.
import {createServer, type IncomingMessage} from 'node:http';
import {endpointOf, readRegisteredServers, type Place} from '../appliance/server-places.js';
import {normalHost} from '../certificates/parse/host-names.js';
import {answering, json} from './answers.js';
import type {Reason} from '../tls-refusal.js';
import {connectTls} from './client.js';
import {KnownServers} from './known-servers.js';
import {listenOn} from './listener.js';
import {runProgram, type ProgramContext} from './program.js';

type Seen = {ok: boolean; result: string; reason?: Reason; presented?: string};

await runProgram(async context => {
	const {identity, layout, logLimited} = context;
	const known = new KnownServers(layout, logLimited);
	const server = createServer(
		{requestTimeout: 30_000},
		answering(
			{
				'GET /health': () => json(200, {ok: true}),
				'GET /tanium-server': async request => json(200, await taniumServerSeen(context, known, nameIn(request))),
			},
			logLimited,
		),
	);
	return listenOn(server, identity.address, identity.ports.patch);
});

/** Which Tanium Server is asked about: `?name=ts2.example.com`. */
function nameIn({url = ''}: IncomingMessage): string | undefined {
	return new URL(url, 'http://patch').searchParams.get('name') ?? undefined;
}

async function taniumServerSeen(context: ProgramContext, known: KnownServers, name: string | undefined): Promise<Seen> {
	const place = await placeOf(context, name);
	if (place === undefined) {
		return {ok: false, result: 'not registered with the Module Server', reason: 'not-registered'};
	}

	const endpoint = await endpointOf(context.layout, context.identity, place);
	const peer = {title: 'Tanium Server', ...endpoint, trusted: known.trusted, file: 'trusted.crt'};
	const {socket, presented, ...refused} = await connectTls(peer);
	socket?.destroy();
	return {
		ok: socket !== undefined,
		...('refusal' in refused ? refused.refusal : {result: 'trusted.crt holds its certificate'}),
		...(presented !== undefined && {presented}),
	};
}

/** Where the Tanium Server of this name is; without a name, the one on this appliance. */
async function placeOf({layout, identity}: ProgramContext, name = identity.name): Promise<Place | undefined> {
	const registered = await readRegisteredServers(layout);
	const wanted = normalHost(name);
	const own = wanted === normalHost(identity.name) ? {name: wanted, port: identity.ports.console} : undefined;
	return registered?.find(server => server.name === wanted) ?? own;
}
