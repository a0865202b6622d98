// A flow is a conversation: it says things, asks, and reports steps, and does not know who holds the conversation. The
// screen, plain lines and a script in a test each implement this one interface.

import {Problem} from '../problem.js';

/** What a line is to its reader; a screen may colour by it, and must stay readable without. */
export type Tone = 'plain' | 'heading' | 'good' | 'warning' | 'bad' | 'dim';

export type Cell = string;

export type Choice<Value> = {
	/** What is typed for it: a line number or a letter. */
	key: string;
	label: string;
	value: Value;
};

/** How yes is to be typed. */
export type YesWord = 'YES' | 'Y' | 'yes';

export interface Conversation {
	/** Says a paragraph. Line ends in it are kept; long lines are wrapped where it is shown. */
	print(text: string, tone?: Tone): void;
	/** Shows rows of cells in aligned columns; the first row is the heading when `heads` is true. */
	table(rows: readonly Cell[][], heads?: boolean): void;
	/** Asks for a line and resolves with it, trimmed. Rejects with Cancelled. */
	ask(prompt: string): Promise<string>;
	/** Asks for a line that is never shown. Rejects with Cancelled. */
	secret(prompt: string): Promise<string>;
	/**
	 * Asks until the answer is yes or no, in any case, whole or by its first letter. `word` is how yes is to be typed. Being
	 * interrupted is a no.
	 */
	confirm(prompt: string, word: YesWord): Promise<boolean>;
	/** Lets one of the choices be entered; resolves with undefined for R (back). Rejects with Cancelled. */
	choose<Value>(prompt: string, choices: ReadonlyArray<Choice<Value>>): Promise<Value | undefined>;
	/** Shows this title as a step under way, then how it ended and how long it took. Settles as the work does. */
	step<Result>(title: string, work: () => Promise<Result>): Promise<Result>;
	/** Waits for Enter. */
	pause(): Promise<void>;
}

/** Says what is wrong and what to do. */
export function printProblem(conversation: Pick<Conversation, 'print'>, {message, hint}: {message: string; hint: string}): void {
	conversation.print(message, 'bad');
	if (hint !== '') {
		conversation.print(hint);
	}
}

/** Does something; a Problem is said, and the conversation goes on. Resolves with whether it was done. */
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

/** The person interrupted a question (Ctrl+C) or is gone. */
export class Cancelled extends Error {
	override readonly name = 'Cancelled';
}

const meanings = new Map([['yes', true], ['y', true], ['no', false], ['n', false]]);

const noes: Record<YesWord, string> = {YES: 'NO', Y: 'N', yes: 'no'};

/** The prompt of a question to be confirmed, with both answers. */
export function confirmationOf(prompt: string, word: YesWord): string {
	return `${prompt} [${word}/${noes[word]}]:`;
}

/**
 * Asks until the answer is yes or no, in any case, whole or by its first letter, and says each other answer to be `unclear`.
 * Being interrupted is a no.
 */
export async function askYesOrNo(
	word: YesWord, ask: () => Promise<string>, told: {unclear(notice: string): void; clear?(answer: string): void},
): Promise<boolean> {
	try {
		for (;;) {
			const answer = (await ask()).trim();
			const meaning = meanings.get(answer.toLowerCase());
			if (meaning !== undefined) {
				told.clear?.(answer);
				return meaning;
			}

			told.unclear(`Enter ${word} or ${noes[word]}.`);
		}
	} catch (error) {
		if (error instanceof Cancelled) {
			return false;
		}

		throw error;
	}
}
