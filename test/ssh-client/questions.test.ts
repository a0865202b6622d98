// What servers ask at a sign-in, besides what OpenSSH's sshd does: several questions in one round, several rounds, a round without any
// question, and SSH's own request for a new password (RFC 4252, section 8; RFC 4256).
import {mkdtemp, readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {KeyboardAuthContext, PasswordAuthContext, Prompt} from 'ssh2';
import {connect} from '../../src/ssh-client/connect.js';
import type {Host} from '../../src/ssh-client/host.js';
import {ssh2} from '../../src/ssh-keys/ssh2.js';
import {makeSshKey} from '../helpers/ssh-key.js';
import {scripted} from './operator.js';
import {listening} from './hostile-server.js';

type Methods = {'keyboard-interactive'?: (context: KeyboardAuthContext) => void; password?: (context: PasswordAuthContext) => void};

async function serverWith(t: ExecutionContext, methods: Methods): Promise<Host> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-questions-'));
	await makeSshKey(path.join(folder, 'id'));
	const server = new ssh2.Server({hostKeys: [await readFile(path.join(folder, 'id'))]}, client => {
		client
			.on('error', () => undefined)
			.on('authentication', context => {
				const answer = context.method === 'keyboard-interactive' || context.method === 'password' ? methods[context.method] : undefined;
				if (answer) {
					answer(context as KeyboardAuthContext & PasswordAuthContext);
				} else {
					context.reject(Object.keys(methods) as Array<keyof Methods>);
				}
			});
	});
	return listening(t, server, folder);
}

/** Asks these rounds of questions, and accepts these answers. */
function rounds(questions: Array<Array<Prompt | string>>, expected: string[]) {
	return (context: KeyboardAuthContext) => {
		const all: string[] = [];
		const ask = (left: Array<Array<Prompt | string>>) => {
			const [first, ...others] = left;
			if (first) {
				context.prompt(first, answers => {
					all.push(...answers);
					ask(others);
				});
			} else if (all.join('\n') === expected.join('\n')) {
				context.accept();
			} else {
				context.reject(['keyboard-interactive']);
			}
		};

		ask(questions);
	};
}

test('two questions in one round, then another round, then one without a question', async t => {
	const first = [
		{prompt: 'Password: ', echo: false},
		{prompt: 'Site: ', echo: true},
	];
	const asked = rounds([first, [{prompt: 'Code: ', echo: false}], []], ['secret', 'Bonn', '123456']);
	const host = await serverWith(t, {'keyboard-interactive': asked});
	const operator = scripted(['secret', 'Bonn', '123456'], true);
	(await connect([host], operator)).close();
	t.deepEqual(
		operator.asked.map(question => question.replace(/^\(.*?\) /, '')),
		['Password: ', 'Site: ', 'Code: '],
	);
});

test('who declines the second of two questions is asked nothing more, and is refused', async t => {
	const host = await serverWith(t, {'keyboard-interactive': rounds([['Password: ', 'Code: '], ['Again: ']], ['right', 'right', 'right'])});
	const operator = scripted(['right'], true);
	await t.throwsAsync(connect([host], operator), {code: 'permission-denied'});
	t.is(operator.asked.length, 2);
});

test('a server that wants another password is not given one', async t => {
	const host = await serverWith(t, {
		password: context => context.requestChange('Your password has expired. New password:', () => context.accept()),
	});
	const operator = scripted(['old', 'new'], true);
	const problem = await t.throwsAsync<Error & {code: string; message: string}>(connect([host], operator));
	t.is(problem.code, 'password-expired');
	t.regex(problem.message, /expired/);
	t.is(operator.asked.length, 1);
});
