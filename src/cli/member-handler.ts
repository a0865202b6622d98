// Handles the commands of the array's members: JSON on standard input, JSON on standard output.
import {finished} from 'node:stream/promises';
import {answerMember} from '../array/answer.js';
import {exitCodes} from '../exit-codes.js';
import type {Site} from '../installation/change.js';
import {Problem, problemIn} from '../problem.js';
import type {MemberHandler, MemberRequest} from '../ssh-server/session-request.js';

/** The largest call that is read, in bytes. */
const maxCallBytes = 256 * 1024;

export function memberHandlerFor(site: Site): MemberHandler {
	return async request => {
		try {
			const {member, from, command: word} = request;
			const progress = (event: object) => {
				request.stream.write(`${JSON.stringify({progress: event})}\n`);
			};
			const answer = await answerMember(site, {member, from, word, body: await bodyOf(request), progress});
			request.stream.write(`${JSON.stringify(answer)}\n`);
			return exitCodes.done;
		} catch (error) {
			const problem = problemIn(error);
			if (!problem) {
				throw error;
			}

			const {code, message, hint} = problem;
			request.stream.write(`${JSON.stringify({problem: {code, message, hint}})}\n`);
			return exitCodes.no;
		}
	};
}

async function bodyOf({stream}: MemberRequest): Promise<unknown> {
	const parts: Buffer[] = [];
	let size = 0;
	stream.on('data', (part: Buffer) => {
		size += part.length;
		if (size <= maxCallBytes) {
			parts.push(part);
		}
	});
	await finished(stream, {writable: false});
	try {
		return JSON.parse(size > maxCallBytes ? '' : Buffer.concat(parts).toString('utf8')) as unknown;
	} catch {
		throw new Problem('bad-call', `A call is JSON of at most ${maxCallBytes} bytes.`);
	}
}
