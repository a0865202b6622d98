// How TLS is begun on a connection that begins without it, by protocol.
import {once} from 'node:events';
import type {Socket} from 'node:net';

/** SSLRequest of PostgreSQL's protocol (version 3, "SSL Session Encryption"): its length and its code. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** By turns what the server says, as a pattern, and what is said to it then. */
type Dialogue = {greeting?: RegExp; requests: ReadonlyArray<{send: string | Buffer; answer: RegExp}>};

const dialogues = {
	postgres: {requests: [{send: sslRequest, answer: /^S/}]},
	/** RFC 3207. */
	smtp: {
		greeting: /^220[ -]/,
		requests: [
			{send: 'EHLO localhost\r\n', answer: /^250[ -]/},
			{send: 'STARTTLS\r\n', answer: /^220 /},
		],
	},
	/** RFC 9051. */
	imap: {greeting: /^\* (?:OK|PREAUTH)/, requests: [{send: 'a STARTTLS\r\n', answer: /^a OK/}]},
	/** RFC 2595. */
	pop3: {greeting: /^\+OK/, requests: [{send: 'STLS\r\n', answer: /^\+OK/}]},
} as const satisfies Record<string, Dialogue>;

export type StartTls = keyof typeof dialogues;
export const startTlsKinds = Object.keys(dialogues) as [StartTls, ...StartTls[]];

/** What a server may say before TLS begins, in bytes. */
const maxAnswerBytes = 8192;

/**
 * Asks the server on this connection to begin TLS. Resolves when it agrees; nothing of TLS was read then. Rejects when it says something
 * else, or when the connection ends.
 */
export async function askForTls(socket: Socket, kind: StartTls): Promise<void> {
	const {greeting, requests}: Dialogue = dialogues[kind];
	if (greeting) {
		assertSaid(await answerOn(socket, kind), greeting, kind);
	}

	for (const {send, answer} of requests) {
		socket.write(send);
		assertSaid(await answerOn(socket, kind), answer, kind);
	}
}

function assertSaid(said: string, pattern: RegExp, kind: StartTls): void {
	if (!pattern.test(said)) {
		throw new Error(`the server refuses STARTTLS (${kind}): it says ${JSON.stringify(said.slice(0, 80).trimEnd())}`);
	}
}

/** One answer: of PostgreSQL one byte, otherwise lines of which the last has no hyphen behind its number. */
async function answerOn(socket: Socket, kind: StartTls): Promise<string> {
	let said = '';
	while (!(kind === 'postgres' ? said.length > 0 : /^(?!\d{3}-)[^\n]*\n(?![^])/m.test(said))) {
		const [chunk] = (await once(socket, 'data')) as [Buffer];
		said += chunk.toString('latin1');
		if (said.length > maxAnswerBytes) {
			throw new Error(`the server says more than ${maxAnswerBytes} bytes before TLS`);
		}
	}

	return said;
}
