import {writeFile} from 'node:fs/promises';
import process from 'node:process';
import {Problem, messageOf} from '../problem.js';
import type {Settings} from './action.js';
import {Cast} from './cast.js';
import type {Cell} from './cell.js';
import {smallEnvironment} from './environment.js';
import {fill, fillPattern, lookUp} from './pattern.js';
import {assertComplete, outputsOf, statesOf} from './needs.js';
import {hideSecrets} from './hide-secrets.js';
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
	/** What `Secret NAME` types. It is in no recording, screen or message. */
	secrets?: Record<string, string>;
	/** Settings that hold until the tape sets others. */
	settings?: Partial<Settings>;
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
	/** The cells as they are: a secret that the screen shows is in them. */
	cells: Cell[][];
};

export type Playback = {
	screenshots: Screenshot[];
	/** The exit code of the program (128 plus the number of a signal); undefined if it still ran at the end of the tape. */
	exitCode: number | undefined;
	lastScreen: string;
};

/** The settings of a tape that sets none. */
export const defaultSettings: Settings = {
	columns: 80,
	rows: 24,
	waitTimeout: 15_000,
	waitPattern: '>$',
	typingSpeed: 50,
	readyMark: true,
	quietTime: 0,
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
	await assertComplete(tape, options);
	const {columns, rows, ...settings} = settingsAtStart(commands, options);
	const cast = new Cast(columns, rows, tape.name);
	const casts = [options.cast, ...outputsOf(commands, /\.cast$/)].filter(file => file !== undefined);
	await save(cast, casts); // Fails before anything is played if a file cannot be written.
	for (const secret of Object.values(options.secrets ?? {})) {
		cast.hide(secret);
	}

	const states = await statesOf(commands);
	const program = await open({columns, rows, environment: environmentOf(commands, options)});
	try {
		const session = new TerminalSession(new VirtualTerminal(columns, rows), program, cast);
		const playback = await perform({...tape, commands}, session, {...options, states, settings: {...settings, columns, rows}});
		await writeLastScreen(commands, session, options.secrets);
		return playback;
	} finally {
		await program.kill();
		cast.resume();
		await save(cast, casts);
	}
}

type Performing = Omit<TerminalOptions, 'settings'> & {settings: Settings; states: ReadonlyMap<string, string>};

async function perform(tape: Tape, session: TerminalSession, options: Performing): Promise<Playback> {
	const {settings, states, speed, secrets = {}} = options;
	const {terminal} = session;
	const screenshots: Screenshot[] = [];
	const takeScreenshot = (name: string) => {
		const shot = screenshotOf(terminal, name, secrets);
		screenshots.push(shot);
		options.onScreenshot?.(shot);
	};
	const player = new Player(tape, session, {settings, speed, secrets, states, takeScreenshot});
	for (let index = 0; index < tape.commands.length; index++) {
		const command = tape.commands[index]!;
		if (command.do === 'if') {
			index = (await player.holds(command)) ? index : endOf(tape.commands, index);
		} else {
			await player.run(command, tape.commands[index + 1]);
		}
	}

	return {screenshots, exitCode: session.exitCode, lastScreen: hideSecrets(terminal.screen(), Object.values(secrets))};
}

type Secrets = Readonly<Record<string, string>>;

/** The screen as it is now, without the secrets. */
function screenshotOf(terminal: VirtualTerminal, name: string, secrets: Secrets): Screenshot {
	const hidden = (text: string) => hideSecrets(text, Object.values(secrets));
	const cells = terminal.cells();
	return {name, screen: hidden(terminal.screen()), attributes: terminal.attributes(), svg: hidden(renderSvg(cells, name)), cells};
}

/** The place of the `End` that belongs to this `If`. */
function endOf(commands: readonly Command[], from: number): number {
	let depth = 0;
	return commands.findIndex(({do: what}, index) => {
		depth += index < from ? 0 : what === 'if' ? 1 : what === 'end-if' ? -1 : 0;
		return index > from && depth === 0;
	});
}

/** The files of `Output` that show the screen at the end. */
async function writeLastScreen(commands: readonly Command[], {terminal}: TerminalSession, secrets: Secrets = {}): Promise<void> {
	for (const file of outputsOf(commands, /\.(?:txt|ascii|svg)$/)) {
		const {screen, svg} = screenshotOf(terminal, file, secrets);
		await writeOutput(file, file.endsWith('.svg') ? svg : `${screen}\n`);
	}
}

function fillVariables(tape: Tape, variables: Record<string, string>): Command[] {
	return tape.commands.map(command => {
		const valueOf = lookUp(variables, `${command.tape ?? tape.name}:${command.line}`);
		if (command.do === 'type' || command.do === 'copy') {
			return {...command, text: fill(command.text, valueOf)};
		}

		return 'pattern' in command && command.pattern !== undefined ? {...command, pattern: fillPattern(command.pattern, valueOf)} : command;
	});
}

function settingsAtStart(commands: Command[], {columns, rows, settings}: TerminalOptions): Settings {
	const sizes = commands.flatMap(command => (command.do === 'set' ? [command.settings] : []));
	return {
		...defaultSettings,
		...settings,
		columns: columns ?? sizes.findLast(size => size.columns !== undefined)?.columns ?? defaultSettings.columns,
		rows: rows ?? sizes.findLast(size => size.rows !== undefined)?.rows ?? defaultSettings.rows,
	};
}

function environmentOf(commands: Command[], options: TerminalOptions): Record<string, string> {
	const ofTape = commands.flatMap(command => (command.do === 'environment' ? [[command.name, command.value] as const] : []));
	return {...smallEnvironment(), ...options.environment, ...Object.fromEntries(ofTape), TANOS_READY_MARK: '1'};
}

async function save(cast: Cast, files: readonly string[]): Promise<void> {
	for (const file of files) {
		await writeOutput(file, cast.text());
	}
}

/** A problem of the file, as the tape itself was played. */
async function writeOutput(file: string, text: string): Promise<void> {
	await writeFile(file, text).catch((error: unknown) => {
		throw new Problem('cast-not-written', `${file} could not be written: ${messageOf(error)}`, '', {cause: error});
	});
}
