import {exitCodes} from '../exit-codes.js';
import type {Writable} from 'node:stream';
import {audit, auditOfUser, auditWarning} from '../appliance/audit.js';
import {describeRole, hasServer} from '../appliance/roles.js';
import {sanitise} from '../sanitise.js';
import {Cancelled} from '../console/conversation.js';
import {LineReader} from '../console/line-reader.js';
import {PlainConversation} from '../console/plain-conversation.js';
import type {ConsoleSession} from '../console/environment.js';
import type {Target} from '../installation/target.js';
import {Problem, problemIn} from '../problem.js';
import {usage, type Command, type Context} from './command.js';
import {followUntilInterrupted} from './follow.js';
import {helpFor, helpOn} from './help.js';
import {takeTarget} from './host-target.js';
import type {Streams} from './streams.js';
import {commandFor, commands} from './table.js';

/** Runs one command and resolves with its exit code. Never rejects with a Problem or for what was typed. */
export async function runCommand(words: readonly string[], session: ConsoleSession, streams: Streams): Promise<number> {
	const lineEnd = streams.terminal ? '\r\n' : '\n';
	const write = (stream: Writable, ...lines: string[]) => {
		stream.write(lines.map(line => `${line}${lineEnd}`).join(''));
	};

	try {
		const code = await run(words, session, streams, lines => {
			write(streams.output, ...lines);
		});
		return code;
	} catch (error) {
		if (error instanceof Cancelled) {
			write(streams.errors, 'Given up. Nothing more was done.');
			return exitCodes.no;
		}

		const problem = problemIn(error);
		if (problem) {
			write(
				streams.errors,
				...[problem.message, problem.hint]
					.filter(text => text !== '')
					.flatMap(text => text.split('\n'))
					.map(text => sanitise(text)),
			);
			return problem.code === 'usage' ? exitCodes.usage : exitCodes.no;
		}

		throw error;
	}
}

async function run(words: readonly string[], session: ConsoleSession, streams: Streams, print: (lines: string[]) => void): Promise<number> {
	const {user, from} = session;
	if (words.length === 0 || words[0]?.toLowerCase() === 'help') {
		print(words.length > 1 ? helpOn(allowed(words.slice(1), session).command) : helpFor(here(commands, session), user.role));
		return exitCodes.done;
	}

	const family = familyOf(words);
	if (family.length > 0) {
		print(helpFor(here(family, session), user.role));
		return exitCodes.done;
	}

	const {command, length} = allowed(words, session);
	const given = words.slice(length);
	if (given.length === 1 && given[0]?.toLowerCase() === 'help') {
		print(helpOn(command));
		return exitCodes.done;
	}

	const {target, rest} = command.onHost === 'target' ? await takeTarget(session, given) : {rest: given};
	// What follows a command that takes nothing may be a password that was typed in the wrong place.
	const line = [command.name, ...(command.parameters === undefined ? [] : given)].join(' ').slice(0, 256);
	await (command.looks?.(rest) ? auditOfUser : audit)(session.layout, {event: 'command', user: user.name, from, command: line});
	await warn(session, streams);
	return perform(command, {rest, ...(target && {target})}, session, streams, print);
}

/** Says on standard error that the audit log cannot be written. */
async function warn({layout}: ConsoleSession, {errors, terminal}: Streams): Promise<void> {
	const warning = await auditWarning(layout);
	if (warning !== undefined) {
		errors.write(`${sanitise(warning)}${terminal ? '\r\n' : '\n'}`);
	}
}

async function perform(
	command: Command,
	{rest, target}: {rest: readonly string[]; target?: Target},
	session: ConsoleSession,
	streams: Streams,
	print: (lines: string[]) => void,
): Promise<number> {
	const json = ['json', '--json'].includes(rest.at(-1)?.toLowerCase() ?? '');
	const lines = new LineReader(streams.input, {echo: streams.terminal ? streams.output : undefined});
	streams.signal?.addEventListener(
		'abort',
		() => {
			lines.end();
		},
		{once: true},
	);
	const printTexts = (...texts: readonly string[]) => {
		print(texts.flatMap(text => text.split('\n')));
	};
	const lineEnd = streams.terminal ? '\r\n' : '\n';
	const errors = new PlainConversation(lines, streams.errors, lineEnd);
	const context: Context = {
		words: json ? rest.slice(0, -1) : rest,
		json,
		session,
		...(target && {target}),
		conversation: json ? errors : new PlainConversation(lines, streams.output, lineEnd),
		warn: text => {
			errors.print(text, 'warning');
		},
		print: printTexts,
		follow: async watch => followUntilInterrupted(watch, lines, streams, printTexts),
	};
	try {
		return await command.run(context);
	} finally {
		lines.end();
	}
}

/** The commands that work on this machine. */
function here(all: readonly Command[], {identity}: ConsoleSession): readonly Command[] {
	return identity.world === 'host' ? all.filter(({onHost}) => onHost !== undefined) : all;
}

/** The commands that begin with a word, for `soap help` and the like. */
function familyOf([first, second, ...more]: readonly string[]): Command[] {
	const isAsked = second?.toLowerCase() === 'help' && more.length === 0 && commandFor([first ?? '']) === undefined;
	return isAsked ? commands.filter(({name}) => name.split(' ')[0] === first?.toLowerCase()) : [];
}

/** The command that these words name, if this user may use it. */
function allowed(words: readonly string[], {user, identity}: ConsoleSession): {command: Command; length: number} {
	const found = commandFor(words);
	if (!found) {
		const alike = commands.filter(({name}) => name.split(' ')[0] === words[0]?.toLowerCase()).map(({name}) => name);
		const known = alike.length > 0 ? `; there are: ${alike.join(', ')}` : '';
		throw usage(`There is no command ${sanitise(words.slice(0, 3).join(' ')).slice(0, 80)}${known}.`);
	}

	if (!found.command.roles.includes(user.role)) {
		throw new Problem('not-allowed', `${found.command.name} needs the ${found.command.roles[0]} role.`, 'Sign in as a user who has it.');
	}

	const {needs, name, onHost} = found.command;
	if (identity.world === 'host') {
		if (!onHost) {
			throw new Problem('not-on-host', `${name} is not for a Linux host.`, 'See: help');
		}

		return found;
	}

	if (needs !== undefined && !hasServer(identity.role, needs)) {
		throw new Problem('wrong-appliance', `${name} is for an appliance with a ${needs}.`, `This one is a ${describeRole(identity.role)}.`);
	}

	return found;
}
