/** A program at the other end of a terminal: a process on a pseudo-terminal here, or a session on another machine. */
export interface Program {
	/** Sends this as typed text. Does nothing when the program has ended. */
	write(text: string): void;
	resize(columns: number, rows: number): void;
	/** Hands over what the program writes, from its first byte to its last. */
	onData(listener: (text: string) => void): void;
	/** Tells once, after the last data, that the program has ended, and how. */
	onExit(listener: (exitCode: number) => void): void;
	/** Ends the program, gently first. Resolves when it is gone, at once when it is gone already. */
	kill(): Promise<void>;
}

/** What a program finds when it starts. */
export type Opening = {columns: number; rows: number; environment: Record<string, string>};

export type OpenProgram = (opening: Opening) => Program;
