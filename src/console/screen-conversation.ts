import {
	Cancelled,
	choiceHint,
	confirmationOf,
	leads,
	askYesOrNo,
	type Choice,
	type Conversation,
	type Drawing,
	type Tone,
	type Watch,
	type YesWord,
} from './conversation.js';
import {clipboardSequence} from './clipboard.js';
import {margin, type Question} from './state.js';
import type {Store} from './store.js';
import {rowsOf, type Entry} from './transcript.js';

/** How many lines that are followed are kept for scrolling back. */
const maxFollowedLines = 500;

/** A conversation on the screen. */
export class ScreenConversation implements Conversation {
	/** What was typed at the last pause. */
	typedAhead = '';

	constructor(
		private readonly store: Store,
		title: string,
	) {
		store.change({line: '', view: {kind: 'conversation', title, entries: [], question: undefined, selected: 0, scroll: 0, notice: ''}});
	}

	print(text: string, tone: Tone = 'plain'): void {
		this.#add({kind: 'text', text, tone});
	}

	table(rows: ReadonlyArray<readonly string[]>, heads = false, bad: readonly number[] = []): void {
		this.#add({kind: 'table', rows: rows.map(cells => [...cells]), heads, bad});
	}

	async ask(prompt: string, options?: {isLineOfText: boolean}): Promise<string> {
		const answer = await this.#question({kind: 'ask', prompt, ...options});
		this.#add({kind: 'answer', prompt, text: answer.trim()});
		return answer.trim();
	}

	async secret(prompt: string): Promise<string> {
		const answer = await this.#question({kind: 'secret', prompt});
		this.#add({kind: 'answer', prompt, text: '(not shown)'});
		return answer;
	}

	async confirm(prompt: string, word: YesWord): Promise<boolean> {
		const question = confirmationOf(prompt, word);
		return askYesOrNo(word, async () => this.#question({kind: 'ask', prompt: question}), {
			unclear: notice => {
				this.#notice(notice);
			},
			clear: answer => {
				this.#add({kind: 'answer', prompt: question, text: answer});
			},
		});
	}

	async choose<Value>(prompt: string, choices: ReadonlyArray<Choice<Value>>): Promise<Value | undefined> {
		for (;;) {
			const answer = await this.#question({kind: 'ask', prompt, choices: choices.map(({key, label}) => ({key, label}))});
			const word = answer.trim().toUpperCase();
			const choice = choices.find(({key}) => key === word);
			if (choice || word === 'R') {
				this.#add({kind: 'answer', prompt, text: choice ? `${choice.key}  ${firstColumn(choice.label)}` : 'R'});
				return choice?.value;
			}

			if (leads(word)) {
				this.typedAhead = word;
				throw new Cancelled('Another place was asked for.');
			}

			this.#notice(choiceHint(word));
		}
	}

	async step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
		return (await this.#step(title, work)).result;
	}

	async draw(title: string, work: () => Promise<Drawing>): Promise<void> {
		const {index, result} = await this.#step(title, work);
		this.#replace(index, {kind: 'drawing', draw: result});
	}

	async #step<Result>(title: string, work: () => Promise<Result>): Promise<{index: number; result: Result}> {
		const started = performance.now();
		const index = this.#add({kind: 'step', title, state: 'running', took: 0});
		const end = (state: 'done' | 'failed') => {
			this.#replace(index, {kind: 'step', title, state, took: performance.now() - started});
		};

		try {
			const result = await work();
			end('done');
			return {index, result};
		} catch (error) {
			end('failed');
			throw error;
		}
	}

	async follow(watch: Watch): Promise<void> {
		const index = this.#add({kind: 'text', text: '', tone: 'plain'});
		let shown: readonly string[] = [];
		const stop = new AbortController();
		const watching = watch(lines => {
			shown = [...shown, ...lines].slice(-maxFollowedLines);
			this.#grow(index, shown, lines);
		}, stop.signal);
		watching.catch((error: unknown) => {
			if (!stop.signal.aborted) {
				this.store.fail(error);
			}
		});
		try {
			await this.#question({kind: 'follow', prompt: 'New lines follow. Any key stops.'});
		} finally {
			stop.abort();
			await watching;
		}
	}

	copy(text: string): void {
		this.store.write(clipboardSequence(text));
	}

	/** What was typed before Enter becomes the next menu entry, so that nothing typed ahead is lost. */
	async pause(): Promise<void> {
		const typed = await this.#question({kind: 'pause', prompt: 'Press Enter to continue.'});
		this.typedAhead = typed.trim();
	}

	async #question(question: Question): Promise<string> {
		this.store.changeConversation(() => ({question, selected: 0}));
		try {
			return await this.store.entered();
		} finally {
			this.store.changeConversation(() => ({question: undefined, notice: '', scroll: 0}));
		}
	}

	#notice(notice: string): void {
		this.store.changeConversation(() => ({notice}));
	}

	#add(entry: Entry): number {
		let index = 0;
		this.store.changeConversation(({entries}) => {
			index = entries.length;
			return {entries: [...entries, entry], scroll: 0};
		});
		return index;
	}

	/** Shows the text of an entry to which lines were added. A view that is scrolled back stays where it is. */
	#grow(index: number, lines: readonly string[], added: readonly string[]): void {
		const entry = (text: readonly string[]): Entry => ({kind: 'text', text: text.join('\n'), tone: 'plain'});
		const rows = rowsOf([entry(added)], this.store.state.columns - margin).length;
		this.store.changeConversation(({entries, scroll}) => ({
			entries: entries.with(index, entry(lines)),
			scroll: scroll === 0 ? 0 : scroll + rows,
		}));
	}

	#replace(index: number, entry: Entry): void {
		this.store.changeConversation(({entries}) => ({entries: entries.with(index, entry)}));
	}
}

/** The first column of a label that has several. */
function firstColumn(label: string): string {
	return label.split(/ {2,}/)[0]!;
}
