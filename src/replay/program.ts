/** A program at the other end of a terminal: a process on a pseudo-terminal here, or a session on another machine. */
export interface Program {
	/** Sends typed text. Does nothing if the program has ended. */
	write(text: string): void;
	resize(columns: number, rows: number): void;
	/** Calls the listener with everything that the program writes. */
	onData(listener: (text: string) => void): void;
	/** Calls the listener once, after the last data, when the program has ended. */
	onExit(listener: (exitCode: number) => void): void;
	/** Hangs up, and kills the program if it does not end. Resolves when it has ended. */
	kill(): Promise<void>;
}

/** The terminal and the environment that a program starts with. */
export type Opening = {columns: number; rows: number; environment: Record<string, string>};

export type OpenProgram = (opening: Opening) => Program | Promise<Program>;
