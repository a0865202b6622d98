import type {ReadStream} from 'node:tty';
import {type IPty, spawn} from '@lydell/node-pty';
import {hasCode} from '../problem.js';
import type {Opening, Program} from './program.js';
import {PtyInput} from './pty-input.js';

/**
 * The time that a program has to end after its terminal hung up, before it is killed. A console in the middle of an installation
 * first completes it or rolls it back; if it were killed, the next start would have to do that.
 */
const hangUpTimeoutMs = 60_000;

/**
 * Starts a program on a pseudo-terminal. Its environment is exactly the one given, with PWD. `timeoutMs` is the time
 * that it has to end after a hang-up before it is killed.
 */
export function openPty(
	command: string,
	parameters: string[],
	cwd: string,
	opening: Opening,
	timeoutMs = hangUpTimeoutMs,
): Program & {pid: number} {
	const pty = spawn(command, parameters, {
		name: opening.environment['TERM'] ?? 'xterm-256color',
		cols: opening.columns,
		rows: opening.rows,
		cwd,
		env: opening.environment,
	});
	return new PtyProgram(pty, timeoutMs);
}

class PtyProgram implements Program {
	readonly pid: number;
	readonly #pty: IPty;
	readonly #input: PtyInput;
	readonly #gone: Promise<number>;
	#ended = false;

	constructor(
		pty: IPty,
		private readonly timeoutMs: number,
	) {
		this.#pty = pty;
		this.pid = pty.pid;
		this.#input = new PtyInput((pty as IPty & {fd: number}).fd);
		readToTheEnd(pty, () => {
			this.#input.close();
		});
		this.#gone = new Promise(resolve => {
			pty.onExit(({exitCode, signal}) => {
				this.#ended = true;
				resolve(signal ? 128 + signal : exitCode);
			});
		});
	}

	write(text: string): void {
		if (!this.#ended) {
			this.#input.write(text);
		}
	}

	resize(columns: number, rows: number): void {
		if (!this.#ended) {
			this.#pty.resize(columns, rows);
		}
	}

	onData(listener: (text: string) => void): void {
		this.#pty.onData(listener);
	}

	onExit(listener: (exitCode: number) => void): void {
		void this.#gone.then(listener);
	}

	async kill(): Promise<void> {
		if (!this.#ended) {
			this.#pty.kill('SIGHUP');
			const timer = setTimeout(() => {
				this.#killGroup();
			}, this.timeoutMs);
			await this.#gone;
			clearTimeout(timer);
		}
	}

	/** The program leads its own session, so this also ends what it started in its process group. */
	#killGroup(): void {
		try {
			process.kill(-this.#pty.pid, 'SIGKILL');
		} catch (error) {
			if (!hasCode(error, 'ESRCH')) {
				throw error;
			}
		}
	}
}

/** Reads after the exit: more than a pseudo-terminal holds, and a bound for a program in the background that writes on. */
const maxLastReads = 200;

/**
 * node-pty closes the pseudo-terminal when the program has ended, but 200 ms later at the latest. A process that was busy for that
 * long would lose the last output. So it is closed only after a turn of the event loop in which there was nothing to read.
 */
function readToTheEnd(pty: IPty, beforeClose: () => void): void {
	const {_socket: socket} = pty as IPty & {_socket: ReadStream};
	const destroy = socket.destroy.bind(socket);
	let reads = 0;
	pty.onData(() => {
		reads++;
	});
	socket.destroy = error => {
		const most = reads + maxLastReads;
		const closeUnlessRead = (before: number) => {
			if (reads === before || reads > most) {
				beforeClose();
				destroy(error);
			} else {
				setImmediate(closeUnlessRead, reads);
			}
		};

		setImmediate(closeUnlessRead, -1);
		return socket;
	};
}
