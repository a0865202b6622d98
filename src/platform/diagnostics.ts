// Tests the connections between the servers by making them, in the one process that holds the Tanium Server's key.
import {messageOf} from '../problem.js';
import type {Reason} from '../tls-refusal.js';
import {get, jsonOf, connectTls, type TlsPeer, refusalOf} from './client.js';

type ServerName = 'taniumserver' | 'taniummoduleserver' | 'patch';

/** One connection and its result. Fingerprints are SHA-256. */
export type Checked = {
	from: ServerName;
	to: ServerName;
	ok: boolean;
	/** For display, about 60 characters at most. */
	result: string;
	/** Why it failed, and the server that is at fault or whose certificate is; absent when it works. */
	reason?: Reason;
	at?: ServerName;
	/** The fingerprint of the client's certificate, if it presented one. */
	showed?: string;
	/** The fingerprint of the server's certificate, if the handshake got that far. */
	presented?: string;
	/** The fingerprints in the Module Server's trusted.crt, if it answered. */
	trusts?: string[];
};

/** Tanium Server to Module Server, Module Server to patch, patch to this Tanium Server, by its name. Never rejects. */
export async function checkModuleServer(moduleServer: TlsPeer, ownName: string): Promise<Checked[]> {
	return Promise.all([toModuleServer(moduleServer), toPatch(moduleServer), backFromPatch(moduleServer, ownName)]);
}

async function toModuleServer(peer: TlsPeer): Promise<Checked> {
	const asked = await ask(peer, '/status');
	const {data} = (asked.value ?? {}) as {data?: {trusts?: string[]}};
	return {
		from: 'taniumserver',
		to: 'taniummoduleserver',
		ok: asked.ok,
		result: asked.ok ? 'both proved their identity' : asked.result,
		...faultOf(asked),
		...(peer.own && {showed: peer.own.fingerprint}),
		...(asked.presented !== undefined && {presented: asked.presented}),
		...(data?.trusts && {trusts: data.trusts}),
	};
}

async function toPatch(peer: TlsPeer): Promise<Checked> {
	const asked = await ask(peer, '/services/patch/health');
	const result = asked.ok ? 'answers on localhost, without TLS' : asked.result;
	return {from: 'taniummoduleserver', to: 'patch', ok: asked.ok, result, ...faultOf(asked)};
}

async function backFromPatch(peer: TlsPeer, ownName: string): Promise<Checked> {
	const asked = await ask(peer, `/services/patch/tanium-server?name=${encodeURIComponent(ownName)}`);
	const said = asked.ok ? (asked.value as Partial<Checked>) : {};
	return {
		from: 'patch',
		to: 'taniumserver',
		ok: said.ok === true,
		result: String(said.result ?? asked.result),
		...(asked.ok ? said.reason && {reason: said.reason, at: 'taniumserver' as const} : faultOf(asked)),
		...(typeof said.presented === 'string' && {presented: said.presented}),
	};
}

type Asked = {ok: boolean; result: string; reason?: Reason; at?: ServerName; presented?: string; value?: unknown};

function faultOf({reason, at = 'taniummoduleserver'}: Asked): Pick<Checked, 'reason' | 'at'> {
	return reason === undefined ? {} : {reason, at};
}

async function ask(peer: TlsPeer, path: string): Promise<Asked> {
	const connection = await connectTls(peer);
	const presented = connection.presented === undefined ? {} : {presented: connection.presented};
	if (!connection.socket) {
		return {ok: false, ...connection.refusal, ...presented};
	}

	try {
		const answer = await get(connection.socket, path);
		return answer.status === 502
			? {ok: false, result: 'patch does not answer', reason: 'no-listener', at: 'patch', ...presented}
			: {ok: true, result: '', value: jsonOf(answer), ...presented};
	} catch (error) {
		const refusal =
			error instanceof SyntaxError ? ({reason: 'no-answer', result: messageOf(error)} as const) : refusalOf(error, peer.title, true);
		return {ok: false, ...refusal, ...presented};
	} finally {
		connection.socket.destroy();
	}
}
