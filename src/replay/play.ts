import {writeFile} from 'node:fs/promises';
import process from 'node:process';
import {Problem, messageOf} from '../problem.js';
import type {Settings} from './action.js';
import {Cast} from './cast.js';
import {fill, fillPattern, lookUp} from './pattern.js';
import {Player} from './player.js';
import type {OpenProgram} from './program.js';
import {openPty} from './pty.js';
import {TerminalSession} from './terminal-session.js';
import {renderSvg} from './svg.js';
import type {Command, Tape} from './tape.js';
import {VirtualTerminal} from './terminal.js';

export type TerminalOptions = {
	/** Added to the environment of the program, which is otherwise TERM, LANG, PATH and HOME. */
	environment?: Record<string, string>;
	/** The values of `${NAME}` in texts and patterns. */
	variables?: Record<string, string>;
	/** The size of the terminal. Default: the tape's `Set Width` and `Set Height`, else 80x24. */
	columns?: number;
	rows?: number;
	/** A file to record to, in the format asciicast v2. It is also written when the tape fails. */
	cast?: string;
	/** Slow motion, with the Sleeps and typing pauses of the tape: 1 as the tape says, 2 twice as fast. Without it nothing pauses. */
	speed?: number;
	onScreenshot?: (shot: Screenshot) => void;
};

export type PlayOptions = TerminalOptions & {command: string; arguments: string[]; cwd?: string};

export type Screenshot = {
	name: string;
	/** The rows, right-trimmed. */
	screen: string;
	/** One letter for each cell (see `attributeLetter`), rows without their last plain cells. */
	attributes: string;
	svg: string;
};

export type Playback = {
	screenshots: Screenshot[];
	/** The exit code of the program (128 plus the number of a signal); undefined if it still ran at the end of the tape. */
	exitCode: number | undefined;
	lastScreen: string;
};

const defaults: Settings = {
	columns: 80,
	rows: 24,
	waitTimeout: 15_000,
	waitPattern: '>$',
	typingSpeed: 50,
	readyMark: true,
};

/**
 * Plays a tape into a program on a pseudo-terminal, and ends the program if it still runs then. Rejects with Problem
 * `replay-failed` if the screen is not what the tape waits for, and before the program starts with Problem `tape-variable`
 * if a variable has no value, or `cast-not-written` if the recording cannot be written.
 */
export async function play(tape: Tape, options: PlayOptions): Promise<Playback> {
	const cwd = options.cwd ?? process.cwd();
	return playOn(tape, opening => openPty(options.command, options.arguments, cwd, opening), options);
}

/** Does what `play` does, with any program that can be opened on a terminal. */
export async function playOn(tape: Tape, open: OpenProgram, options: TerminalOptions): Promise<Playback> {
	const commands = fillVariables(tape, options.variables ?? {});
	const {columns, rows, ...settings} = settingsAtStart(commands, options);
	const cast = new Cast(columns, rows, tape.name);
	await save(cast, options.cast); // Fails before anything is played if the file cannot be written.
	const program = open({columns, rows, environment: environmentOf(commands, options)});
	try {
		const session = new TerminalSession(new VirtualTerminal(columns, rows), program, cast);
		return await perform({...tape, commands}, session, {...settings, columns, rows}, options);
	} finally {
		await program.kill();
		await save(cast, options.cast);
	}
}

async function perform(tape: Tape, session: TerminalSession, settings: Settings, options: TerminalOptions): Promise<Playback> {
	const screenshots: Screenshot[] = [];
	const player = new Player(tape, session, settings, options.speed, name => {
		const {terminal} = session;
		const shot = {name, screen: terminal.screen(), attributes: terminal.attributes(), svg: renderSvg(terminal.cells(), name)};
		screenshots.push(shot);
		options.onScreenshot?.(shot);
	});
	for (const command of tape.commands) {
		await player.run(command);
	}

	return {screenshots, exitCode: session.exitCode, lastScreen: session.terminal.screen()};
}

function fillVariables(tape: Tape, variables: Record<string, string>): Command[] {
	return tape.commands.map(command => {
		const valueOf = lookUp(variables, `${tape.name}:${command.line}`);
		if (command.do === 'type') {
			return {...command, text: fill(command.text, valueOf)};
		}

		return command.do === 'wait' && command.pattern !== undefined ? {...command, pattern: fillPattern(command.pattern, valueOf)} : command;
	});
}

function settingsAtStart(commands: Command[], {columns, rows}: TerminalOptions): Settings {
	const sizes = commands.flatMap(command => (command.do === 'set' ? [command.settings] : []));
	return {
		...defaults,
		columns: columns ?? sizes.findLast(size => size.columns !== undefined)?.columns ?? defaults.columns,
		rows: rows ?? sizes.findLast(size => size.rows !== undefined)?.rows ?? defaults.rows,
	};
}

function environmentOf(commands: Command[], options: TerminalOptions): Record<string, string> {
	const ofTape = commands.flatMap(command => (command.do === 'environment' ? [[command.name, command.value] as const] : []));
	return {
		TERM: 'xterm-256color',
		LANG: 'C.UTF-8',
		PATH: process.env['PATH'] ?? '/usr/bin:/bin',
		HOME: process.env['HOME'] ?? '/',
		...options.environment,
		...Object.fromEntries(ofTape),
		TANOS_READY_MARK: '1',
	};
}

async function save(cast: Cast, file: string | undefined): Promise<void> {
	if (file !== undefined) {
		await writeFile(file, cast.text()).catch((error: unknown) => {
			throw new Problem('cast-not-written', `The recording could not be written: ${messageOf(error)}`, '', {cause: error});
		});
	}
}
