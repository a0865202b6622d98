// Requests to another server, in two steps: connect and verify the peer, and only then send a request.
import {once} from 'node:events';
import {request} from 'node:http';
import {isIP} from 'node:net';
import {connect, type TLSSocket} from 'node:tls';
import type {Endpoint} from '../appliance/identity.js';
import {hasCode, Problem, messageOf} from '../problem.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import type {Refusal} from '../tls-refusal.js';
import type {Pair} from './pair.js';
import {distrust, peerOf, type Trusted} from './trust.js';

export type TlsPeer = Endpoint & {
	/** Its name in messages: `Module Server`. */
	title: string;
	/** What the trust file holds now. */
	trusted: Trusted;
	/** The name of the trust file, for error messages. */
	file: string;
	/** The pair to present when the peer requests a client certificate. */
	own?: Pair;
};

/** A connection to a peer, or the reason for its failure, with the fingerprint of the certificate that the peer presented. */
export type TlsPeerConnection = {socket: TLSSocket; presented: string} | {socket?: undefined; presented?: string; refusal: Refusal};

const timeoutMs = 5000;

/** Connects over TLS and compares the presented certificate with the trusted ones. Never rejects. */
export async function connectTls({title, host, port, servername, trusted, file, own}: TlsPeer): Promise<TlsPeerConnection> {
	const socket = connect({
		host,
		port,
		...(isIP(servername) === 0 && {servername}), // RFC 6066 section 3.
		ca: [],
		rejectUnauthorized: false, // The peer is verified below, by its whole certificate.
		...(own && {cert: own.certificate, key: own.key}),
	});
	socket.on('error', () => undefined); // In TLS 1.3 a refusal comes after the handshake; the next read or write reports it.
	try {
		await once(socket, 'secureConnect', {signal: AbortSignal.timeout(timeoutMs)});
	} catch (error) {
		socket.destroy();
		return {refusal: refusalOf(error, title, own !== undefined)};
	}

	const presented = fingerprintOf(peerOf(socket) ?? Buffer.alloc(0));
	const doubt = distrust(socket, 'server', trusted, file);
	if (doubt !== undefined) {
		socket.destroy();
		return {presented, refusal: doubt};
	}

	return {socket, presented};
}

/** Sends a GET request over an existing connection. Rejects with the system's error. */
export async function get(socket: TLSSocket, path: string): Promise<{status: number; body: string}> {
	const {promise, resolve, reject} = Promise.withResolvers<{status: number; body: string}>();
	const asked = request({path, createConnection: () => socket, signal: AbortSignal.timeout(timeoutMs)}, response => {
		const parts: Buffer[] = [];
		response
			.on('data', (part: Buffer) => parts.push(part))
			.on('error', reject)
			.on('end', () => {
				resolve({status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8')});
			});
	});
	asked.on('error', reject).end();
	return promise;
}

/** Why a peer did not answer. A server that refuses a client certificate closes the connection, with or without an alert. */
export function refusalOf(error: unknown, title: string, showed: boolean): Refusal {
	if (hasCode(error, 'ECONNREFUSED')) {
		return {reason: 'no-listener', result: 'nothing answers on its port'};
	}

	if (hasCode(error, 'ECONNRESET', 'EPIPE', 'EPROTO') || messageOf(error).includes('alert')) {
		return showed
			? {reason: 'refused-by-peer', result: 'our certificate was refused'}
			: {reason: 'no-answer', result: `the ${title} closed the connection`};
	}

	return {reason: 'no-answer', result: `the ${title} did not answer: ${messageOf(error)}`};
}

/** The value of a JSON answer. Rejects with Problem `bad-answer`. */
export function jsonOf({status, body}: {status: number; body: string}): unknown {
	if (status !== 200) {
		throw new Problem('bad-answer', `it answered with status ${status}`);
	}

	return JSON.parse(body) as unknown;
}
