// A flow is a conversation: it prints, asks and reports steps, and does not know which front end shows it. The screen, plain
// lines and a script in a test each implement this interface.

import {Problem} from '../problem.js';

export const tones = ['plain', 'heading', 'good', 'warning', 'bad', 'dim'] as const;
/** The meaning of a line. A screen may show it as a colour, and must stay readable without colour. */
export type Tone = (typeof tones)[number];

export type Cell = string;

/** One row of a drawing. Its parts, where it has some, are the same text in several tones. */
export type DrawnRow = {text: string; tone: Tone; parts?: ReadonlyArray<{text: string; tone: Tone}>};

/** Draws on a screen with this much room; it may take more rows than there are, and is scrolled then. */
export type Drawing = (room: {columns: number; rows: number}) => DrawnRow[];

export type Choice<Value> = {
	/** The key that chooses it: a number or a letter. */
	key: string;
	label: string;
	value: Value;
};

/** Passes lines on as they come, until the signal. The next ones wait until `add` has resolved. */
export type Watch = (add: (lines: readonly string[]) => void | Promise<void>, signal: AbortSignal) => Promise<void>;

export const yesWords = ['YES', 'Y', 'yes'] as const;
/** The word that means yes. */
export type YesWord = (typeof yesWords)[number];

type AskOptions = {
	/** Whether it is one line of a text that has several, which may be pasted together. */
	isLineOfText?: boolean;
	/** Whether the answer follows the prompt on its line, where lines are plain; on a screen it always does. */
	isAnsweredBeside?: boolean;
};

export interface Conversation {
	/** Prints a paragraph. Its line endings are kept; long lines are wrapped. */
	print(text: string, tone?: Tone): void;
	/**
	 * Prints rows of cells in aligned columns; the first row is the heading when `heads` is true. The rows with the indexes in `bad` report
	 * a fault.
	 */
	table(rows: readonly Cell[][], heads?: boolean, bad?: readonly number[]): void;
	/**
	 * Asks for a line and resolves with it, trimmed. Rejects with Cancelled.
	 */
	ask(prompt: string, options?: AskOptions): Promise<string>;
	/** Asks for a line that is not shown. Rejects with Cancelled. */
	secret(prompt: string, options?: Pick<AskOptions, 'isAnsweredBeside'>): Promise<string>;
	/**
	 * Asks until the answer is yes or no, in full or as its first letter, in upper or lower case. `word` is the word for yes that
	 * the prompt shows. An interrupt (Ctrl+C) counts as no.
	 */
	confirm(prompt: string, word: YesWord): Promise<boolean>;
	/** Asks for one of the choices; resolves with undefined for R (back). Rejects with Cancelled, also for RR, Z and a path to follow. */
	choose<Value>(prompt: string, choices: ReadonlyArray<Choice<Value>>): Promise<Value | undefined>;
	/** Shows a step in progress, then how it ended and how long it took. Settles as the work does. */
	step<Result>(title: string, work: () => Promise<Result>): Promise<Result>;
	/**
	 * Shows a step in progress, then the drawing that it made in its place, drawn anew when the terminal gets another size. Absent where
	 * there is no screen. Rejects as the work does.
	 */
	draw?(title: string, work: () => Promise<Drawing>): Promise<void>;
	/** Shows the lines that `watch` passes on until a key stops it: in plain lines, Enter or Ctrl+C. Rejects as `watch` does. */
	follow(watch: Watch): Promise<void>;
	/** Sends a text to the clipboard of the user's terminal, which does not say whether it takes it; absent where there is no screen. */
	copy?(text: string): void;
	/** Waits for Enter. */
	pause(): Promise<void>;
}

/** Prints what is wrong and what to do. */
export function printProblem(conversation: Pick<Conversation, 'print'>, {message, hint}: {message: string; hint: string}): void {
	conversation.print(message, 'bad');
	if (hint !== '') {
		conversation.print(hint);
	}
}

/** Runs `work`; a Problem is printed and the conversation continues. Resolves with whether it succeeded. */
export async function printingProblems(conversation: Pick<Conversation, 'print'>, work: () => Promise<void>): Promise<boolean> {
	try {
		await work();
		return true;
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		printProblem(conversation, error);
		return false;
	}
}

/** A question was interrupted (Ctrl+C), or the session was hung up. */
export class Cancelled extends Error {
	override readonly name = 'Cancelled';
}

/** Whether a word that is no key of a choice leads out of it, as in a menu: `RR`, `Z`, or a path such as `2-4`. */
export function leads(word: string): boolean {
	return /^(?:RR|Z|[\dA-Z](?:-[\dA-Z])+)$/.test(word);
}

/** How much of a word that is no choice is shown, so that what can be entered stands beside it on one row. */
const maxShownWord = 10;

/** What to enter instead of a word that is none of the choices: one row on a terminal of 80 columns. */
export function choiceHint(word: string): string {
	if (word === '?') {
		return 'Enter a key shown, R (back), RR (main menu), Z (log out) or a path such as 2-4.';
	}

	const shown = word.length > maxShownWord ? `${word.slice(0, maxShownWord)}...` : word;
	return `There is no ${shown} here. Enter one of the keys shown, or R to go back.`;
}

const meanings = new Map([
	['yes', true],
	['y', true],
	['no', false],
	['n', false],
]);

const noWords: Record<YesWord, string> = {YES: 'NO', Y: 'N', yes: 'no'};

/** The prompt of a yes-or-no question, with both answers. */
export function confirmationOf(prompt: string, word: YesWord): string {
	return `${prompt} [${word}/${noWords[word]}]:`;
}

/**
 * Asks until the answer is yes or no, in full or as its first letter, in upper or lower case; `unclear` is called for any other
 * answer. An interrupt counts as no.
 */
export async function askYesOrNo(
	word: YesWord,
	ask: () => Promise<string>,
	on: {unclear(notice: string): void; clear?(answer: string): void},
): Promise<boolean> {
	try {
		for (;;) {
			const answer = (await ask()).trim();
			const meaning = meanings.get(answer.toLowerCase());
			if (meaning !== undefined) {
				on.clear?.(answer);
				return meaning;
			}

			on.unclear(`Enter ${word} or ${noWords[word]}. Ctrl+C cancels.`);
		}
	} catch (error) {
		if (error instanceof Cancelled) {
			return false;
		}

		throw error;
	}
}
