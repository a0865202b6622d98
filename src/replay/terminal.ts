import headless from '@xterm/headless';
import {readyMarkCode} from '../ready-mark.js';
import {attributeLetter, type Cell, readCell} from './cell.js';

/** Of DECSET and DECRST: whether the cursor is shown. */
const cursorMode = 25;

/** A terminal without a window: it turns the output of a program into the screen that a user would see. */
export class VirtualTerminal {
	readonly #terminal: headless.Terminal;
	#ready = {marks: 0, bytes: -1};
	#isCursorHidden = false;

	constructor(columns: number, rows: number) {
		// xterm calls its parser and buffer proposed API.
		this.#terminal = new headless.Terminal({cols: columns, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off'});
		this.#terminal.parser.registerOscHandler(readyMarkCode, data => this.#readMark(data));
		for (const final of ['h', 'l']) {
			this.#terminal.parser.registerCsiHandler({prefix: '?', final}, modes => this.#noteCursor(modes, final === 'l'));
		}
	}

	get columns(): number {
		return this.#terminal.cols;
	}

	get rows(): number {
		return this.#terminal.rows;
	}

	/** The position of the cursor, counted from 0. */
	get cursor(): {column: number; row: number} {
		const {cursorX, cursorY} = this.#terminal.buffer.active;
		return {column: cursorX, row: cursorY};
	}

	/** The number of ready marks so far, and the number of bytes in the last one; -1 before the first. */
	get ready(): {marks: number; bytes: number} {
		return this.#ready;
	}

	/** Whether the program is in the middle of a frame (synchronized output, mode 2026), which a user never sees. */
	get halfDrawn(): boolean {
		return this.#terminal.modes.synchronizedOutputMode;
	}

	/** Whether the program asked for the application sequences of the cursor keys (DECCKM). */
	get applicationCursor(): boolean {
		return this.#terminal.modes.applicationCursorKeysMode;
	}

	/** Whether the program asked for marks around what is pasted (mode 2004). */
	get bracketedPaste(): boolean {
		return this.#terminal.modes.bracketedPasteMode;
	}

	/** Calls the listener with the terminal's answers to queries of the program, such as the cursor position. */
	onAnswer(listener: (text: string) => void): void {
		this.#terminal.onData(listener);
	}

	/** Resolves when the text is on the screen. */
	write(text: string): Promise<void> {
		return new Promise(resolve => {
			this.#terminal.write(text, resolve);
		});
	}

	resize(columns: number, rows: number): void {
		this.#terminal.resize(columns, rows);
	}

	/** All rows of the screen, right-trimmed, joined by newlines. */
	screen(): string {
		return this.#rowNumbers()
			.map(row => this.#text(row))
			.join('\n');
	}

	/** The row of the cursor, right-trimmed; every row while the program hides the cursor, as it may draw its own anywhere. */
	lines(): string[] {
		return (this.#isCursorHidden ? this.#rowNumbers() : [this.cursor.row]).map(row => this.#text(row));
	}

	/** One letter for each cell (see `attributeLetter`), rows without their last plain cells, joined by newlines. */
	attributes(): string {
		return this.cells()
			.map(row =>
				row
					.map(cell => attributeLetter(cell))
					.join('')
					.replace(/\.+$/, ''),
			)
			.join('\n');
	}

	/** The cells of all rows. */
	cells(): Cell[][] {
		return this.#rowNumbers().map(row => {
			const line = this.#terminal.buffer.active.getLine(this.#terminal.buffer.active.baseY + row);
			return Array.from({length: this.columns}, (_, column) => readCell(line!.getCell(column)!));
		});
	}

	#rowNumbers(): number[] {
		return Array.from({length: this.rows}, (_, row) => row);
	}

	#text(row: number): string {
		const {active} = this.#terminal.buffer;
		return active
			.getLine(active.baseY + row)!
			.translateToString(true)
			.trimEnd();
	}

	/** DECTCEM, mode 25. Returns false, so that the terminal handles the sequence as well. */
	#noteCursor(modes: ReadonlyArray<number | number[]>, isReset: boolean): boolean {
		this.#isCursorHidden = modes.includes(cursorMode) ? isReset : this.#isCursorHidden;
		return false;
	}

	#readMark(data: string): boolean {
		const bytes = /^ready;(\d+)$/.exec(data)?.[1];
		if (bytes !== undefined) {
			this.#ready = {marks: this.#ready.marks + 1, bytes: Number(bytes)};
		}

		return true;
	}
}
