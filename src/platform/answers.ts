// A small table of routes over node:http. A route returns its answer; only `send` writes to the response.
import type {IncomingMessage, RequestListener, ServerResponse} from 'node:http';
import {hasCode, Problem} from '../problem.js';

export type Answer = {status: number; type: string; body: string | Buffer};
/** Maps `GET /path` to its handler. HEAD is answered like GET, without the body. */
export type Routes = Record<string, (request: IncomingMessage) => Answer | Promise<Answer>>;

/** The largest body of a request that is read, in bytes. */
const maxBodyBytes = 64 * 1024;

/** An answer in JSON. */
export function json(status: number, value: unknown): Answer {
	return {status, type: 'application/json', body: `${JSON.stringify(value)}\n`};
}

/** An error answer with a message. */
export function refusal(status: number, error: string): Answer {
	return json(status, {error});
}

/** Routes requests. An unexpected error in a route is logged and answered with a 500 without details. */
export function answering(routes: Routes, log: (line: string) => void): RequestListener {
	const answerTo = async (request: IncomingMessage, response: ServerResponse) => {
		let answer: Answer;
		try {
			answer = await route(routes, request);
		} catch (error) {
			if (hasCode(error, 'ECONNRESET')) {
				return; // The client went away while it was sending.
			}

			log(`A request failed: ${error instanceof Error ? error.stack : String(error)}`);
			answer = refusal(500, 'Internal error; see the log.');
		}

		send(response, answer);
	};

	return (request, response) => void answerTo(request, response);
}

async function route(routes: Routes, request: IncomingMessage): Promise<Answer> {
	const method = request.method === 'HEAD' ? 'GET' : request.method;
	const path = request.url?.split('?')[0];
	const found = routes[`${method} ${path}`];
	if (found) {
		return found(request);
	}

	const other = Object.keys(routes).some(key => key.endsWith(` ${path}`));
	return other ? refusal(405, `${method} is not allowed here.`) : refusal(404, 'Not found.');
}

/** Sends an answer. */
export function send(response: ServerResponse, {status, type, body}: Answer): void {
	response
		.writeHead(status, {
			'content-type': type,
			'content-length': Buffer.byteLength(body),
			'cache-control': 'no-store',
			'x-content-type-options': 'nosniff',
			'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
			...(status === 413 && {connection: 'close'}),
		})
		.end(body);
}

/**
 * The fields of the JSON object in a request's body. The content type is ignored: curl's --data-binary sends that of a form.
 * Rejects with Problem `body-too-big` or `bad-json`.
 */
export async function fieldsOf(request: IncomingMessage): Promise<Record<string, unknown>> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of request as AsyncIterable<Buffer>) {
		size += part.length;
		if (size <= maxBodyBytes) {
			parts.push(part);
		}
	}

	if (size > maxBodyBytes) {
		throw new Problem('body-too-big', `The body is larger than ${maxBodyBytes} bytes.`);
	}

	return objectIn(Buffer.concat(parts).toString('utf8'));
}

function objectIn(text: string): Record<string, unknown> {
	try {
		const value = JSON.parse(text) as unknown;
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			return value as Record<string, unknown>;
		}
	} catch {
		// No cause is kept: a parser's message may quote the password.
	}

	throw new Problem('bad-json', 'The body is not a JSON object.');
}
