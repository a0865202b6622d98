// The package's `tanos-console/replay`: a program on a virtual terminal, for the tests of other programs in any test runner.
import process from 'node:process';
import {Cast} from './cast.js';
import type {Cell} from './cell.js';
import {smallEnvironment} from './environment.js';
import {defaultSettings} from './play.js';
import {Player} from './player.js';
import {openPty} from './pty.js';
import {renderSvg} from './svg.js';
import {parseTape} from './tape.js';
import {TerminalSession} from './terminal-session.js';
import {VirtualTerminal} from './terminal.js';

export type {Cell, Colour, Style} from './cell.js';
export {Problem} from '../problem.js';

export type LaunchOptions = {
	/** The size of the terminal. Default: 80x24. */
	columns?: number;
	rows?: number;
	/** The environment of the program; TERM, LANG, PATH and HOME are set unless it has others. */
	environment?: Record<string, string>;
	/** The folder in which the program starts. Default: that of this process. */
	cwd?: string;
	/** Milliseconds that a condition is waited for. Default: 15,000. */
	timeoutMs?: number;
	/** Milliseconds without input and output after which the screen counts as complete. Default: 100. Without meaning with ready marks. */
	quietMs?: number;
	/** Whether the program writes ready marks, as the console of this package does. Default: false. */
	readyMarks?: boolean;
};

/** A screen as a test keeps it. */
export type Snapshot = {
	/** The rows, right-trimmed, joined by line feeds. */
	text: string;
	cells: Cell[][];
	/** Counted from 0. */
	cursor: {column: number; row: number};
	/** A picture of it. */
	svg: string;
};

/** Starts a program on a terminal. Another machine's is reached with `launch('ssh', ['-tt', 'user@host'])`. */
export async function launch(command: string, parameters: readonly string[] = [], options: LaunchOptions = {}): Promise<TerminalTest> {
	const {columns = 80, rows = 24, cwd = process.cwd(), readyMarks = false} = options;
	const environment = {...smallEnvironment(), ...(readyMarks && {TANOS_READY_MARK: '1'}), ...options.environment};
	return new TerminalTest(openPty(command, [...parameters], cwd, {columns, rows, environment}), {...options, columns, rows});
}

type Size = {columns: number; rows: number};

/** A program on a terminal. What does not happen in time rejects with a Problem whose message shows the screen. */
export class TerminalTest {
	readonly #session: TerminalSession;
	readonly #player: Player;
	readonly #cast: Cast;

	/** Made by `launch`. */
	constructor(
		private readonly program: ReturnType<typeof openPty>,
		options: LaunchOptions & Size,
	) {
		const {columns, rows, timeoutMs = 15_000, quietMs = 100, readyMarks = false} = options;
		const settings = {...defaultSettings, columns, rows, waitTimeout: timeoutMs, readyMark: readyMarks, quietTime: quietMs};
		this.#cast = new Cast(columns, rows, 'test');
		this.#session = new TerminalSession(new VirtualTerminal(columns, rows), program, this.#cast);
		this.#player = new Player({name: 'test', commands: []}, this.#session, {
			settings,
			speed: undefined,
			secrets: {},
			states: new Map(),
			takeScreenshot() {},
		});
	}

	/** The rows of the screen as it is now, right-trimmed, joined by line feeds. */
	get text(): string {
		return this.#session.terminal.screen();
	}

	/** The position of the cursor, counted from 0. */
	get cursor(): {column: number; row: number} {
		return this.#session.terminal.cursor;
	}

	/** The exit code, 128 plus the number of a signal; undefined while the program runs. */
	get exitCode(): number | undefined {
		return this.#session.exitCode;
	}

	/** Types a text. Resolves when the screen is at rest. */
	async type(text: string): Promise<void> {
		await this.#player.run({do: 'type', text, pause: undefined, line: 1, source: `type(${JSON.stringify(text)})`});
	}

	/** Presses keys as a tape names them: `Enter`, `Down 3`, `Ctrl+C`. Resolves when the screen is at rest. */
	async press(keys: string): Promise<void> {
		for (const command of parseTape(keys, 'press').commands) {
			await this.#player.run(command);
		}
	}

	/** Resolves when the complete screen matches. */
	async waitFor(pattern: RegExp, {timeoutMs}: {timeoutMs?: number} = {}): Promise<void> {
		const flags = pattern.flags.replaceAll(/[^ims]/g, '');
		const source = flags === '' ? pattern.source : `(?${flags})${pattern.source}`;
		await this.#player.run({do: 'wait', on: 'screen', pattern: source, timeout: timeoutMs, line: 1, source: `waitFor(${pattern})`});
	}

	/** Resolves with the exit code when the program has ended. */
	async waitForExit({timeoutMs}: {timeoutMs?: number} = {}): Promise<number> {
		await this.#player.run({do: 'wait-exit', timeout: timeoutMs, line: 1, source: 'waitForExit()'});
		return this.#session.exitCode!;
	}

	/** Changes the size of the terminal. */
	async resize(columns: number, rows: number): Promise<void> {
		await this.#player.run({do: 'resize', columns, rows, line: 1, source: `resize(${columns}, ${rows})`});
	}

	/** The screen with its attributes, as it is now. */
	snapshot(title = ''): Snapshot {
		const {terminal} = this.#session;
		const cells = terminal.cells();
		return {text: terminal.screen(), cells, cursor: terminal.cursor, svg: renderSvg(cells, title)};
	}

	/** What was shown so far, as asciicast v2. */
	recording(): string {
		return this.#cast.text();
	}

	/** Hangs up, and resolves when the program has ended. */
	async close(): Promise<void> {
		await this.program.kill();
	}

	/** For `await using`. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.close();
	}
}
