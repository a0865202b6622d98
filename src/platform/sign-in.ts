// Sign-in of console users: POST /api/v2/session/login, and the same check for requests that need an administrator.
import {randomBytes} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {type Account, accountFor} from '../appliance/users/accounts.js';
import {Problem} from '../problem.js';
import {type Answer, fieldsOf, json, refusal} from './answers.js';
import type {ProgramContext} from './program.js';

/** Answers a sign-in with a session, or refuses it without giving a reason. */
export async function signIn(request: IncomingMessage, context: ProgramContext): Promise<Answer> {
	return withAccount(request, context, () => json(200, {data: {session: randomBytes(32).toString('base64url')}}));
}

/**
 * Reads {"username", "password"} (and other fields) and answers with `then` when they match a console account; otherwise with
 * 400, 401, 413 or 429. A `domain` is accepted and ignored: a sandbox has no directory of users.
 */
export async function withAccount(
	request: IncomingMessage,
	{layout, logLimited, passwords}: ProgramContext,
	then: (account: Account, fields: Record<string, unknown>) => Answer | Promise<Answer>,
): Promise<Answer> {
	try {
		const fields = await fieldsOf(request);
		const {username, password, domain = ''} = fields;
		if (typeof username !== 'string' || typeof password !== 'string' || typeof domain !== 'string') {
			return refusal(400, 'The body must hold "username" and "password" as text.');
		}

		const account = await passwords.check(request, async () => accountFor(layout.consoleAccounts, username, password));
		if (account === 'refused') {
			logLimited('Refused a password unchecked, after too many wrong ones.');
			return refusal(429, 'Too many wrong passwords. Try again in a minute.');
		}

		if (!account) {
			logLimited('Refused a wrong user name or password.');
			return refusal(401, 'Wrong user name or password.');
		}

		return await then(account, fields);
	} catch (error) {
		if (error instanceof Problem && (error.code === 'bad-json' || error.code === 'body-too-big')) {
			return refusal(error.code === 'bad-json' ? 400 : 413, error.message);
		}

		throw error;
	}
}
