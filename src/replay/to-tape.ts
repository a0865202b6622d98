// Makes a tape of a recording with input, such as `asciinema rec --stdin` makes: it waits for what was on the screen, not for time.
import * as v from 'valibot';
import {secretMarker} from '../asciicast.js';
import {parseJson} from '../parse-json.js';
import {Problem} from '../problem.js';
import {keyNames, keySequence} from './keys.js';
import {literalPattern} from './pattern.js';
import {VirtualTerminal} from './terminal.js';

const headerSchema = v.looseObject({version: v.literal(2), width: v.number(), height: v.number()});
const eventSchema = v.tuple([v.number(), v.string(), v.string()]);

/** At most this much of a line is waited for: its end changes most often. */
const maxPattern = 60;

/**
 * The text of a tape that types what was typed in a recording of the format asciicast v2, each time after the line of the cursor is as it
 * was then. What was typed at a question for a password becomes `Secret PASSWORD`. Rejects with Problem `not-a-recording`, or `no-input`
 * when nothing was typed in it.
 */
export async function tapeOf(recording: string, name: string): Promise<string> {
	const [first = '', ...lines] = recording.split('\n').filter(line => line.trim() !== '');
	const header = v.safeParse(headerSchema, parseJson(first));
	if (!header.success) {
		throw new Problem('not-a-recording', `${name} is no recording in the format asciicast v2.`, 'Record with: asciinema rec --stdin FILE');
	}

	const {width, height} = header.output;
	const writer = new TapeWriter(new VirtualTerminal(width, height));
	for (const line of lines) {
		const event = v.safeParse(eventSchema, parseJson(line));
		if (!event.success) {
			throw new Problem('not-a-recording', `${name} has a line that is no event: ${line.slice(0, 80)}`, 'Record it again.');
		}

		await writer.add(event.output);
	}

	const commands = writer.commands();
	if (!writer.hasInput) {
		throw new Problem('no-input', `Nothing was typed in ${name}, or it was not recorded.`, 'Record with: asciinema rec --stdin FILE');
	}

	return [`Set Width ${width}`, `Set Height ${height}`, ...commands, ''].join('\n');
}

class TapeWriter {
	hasInput = false;
	readonly #commands: string[] = [];
	#text = '';
	#isSecret = false;
	#awaited = '';
	readonly #secretPrompts = new Set<string>();

	constructor(private readonly terminal: VirtualTerminal) {}

	async add([, code, data]: [number, string, string]): Promise<void> {
		if (code === 'o') {
			await this.terminal.write(data);
		} else if (code === 'r') {
			const [, columns = '80', rows = '24'] = /^(\d+)x(\d+)$/.exec(data) ?? [];
			this.#flush();
			this.terminal.resize(Number(columns), Number(rows));
			this.#commands.push(`Resize ${columns} ${rows}`);
		} else if (code === 'i') {
			this.#type(data);
		} else if (code === 'm' && data.startsWith(secretMarker)) {
			this.#typeSecret(data.slice(secretMarker.length));
		}
	}

	/** A marker of this project stands for what was typed at this secret question. */
	#typeSecret(prompt: string): void {
		this.#flush();
		if (prompt.length <= maxPattern) {
			this.#commands.push(`Wait+Screen /${literalPattern(prompt)}/`); // A longer one may be wrapped.
		}

		this.#commands.push(`Secret ${this.#nameOf(prompt)}`);
	}

	/** One name for each prompt: PASSWORD, PASSWORD_2 and so on. */
	#nameOf(prompt: string): string {
		this.#secretPrompts.add(prompt);
		const number = [...this.#secretPrompts].indexOf(prompt) + 1;
		return number === 1 ? 'PASSWORD' : `PASSWORD_${number}`;
	}

	commands(): string[] {
		this.#flush();
		return this.#commands;
	}

	#type(data: string): void {
		this.hasInput = true;
		for (let rest = data; rest !== '';) {
			const [sequence, key] = keyAt(rest);
			if (this.#text === '') {
				this.#await();
			}

			if (key === undefined) {
				this.#text += sequence;
			} else {
				this.#flush();
				this.#commands.push(key);
			}

			rest = rest.slice(sequence.length);
		}
	}

	/** Waits for the line of the cursor, unless that was waited for before the last key. */
	#await(): void {
		const row = this.terminal.screen().split('\n')[this.terminal.cursor.row] ?? '';
		const line = row.trim().slice(-maxPattern);
		this.#isSecret = /pass(?:word|phrase|code)\b[^:]*:?\s*$/i.test(row);
		if (line !== '' && line !== this.#awaited) {
			this.#commands.push(`Wait+Screen /${literalPattern(line)}/`);
		}

		this.#awaited = line;
	}

	#flush(): void {
		if (this.#text !== '') {
			this.#commands.push(...(this.#isSecret ? ['Secret PASSWORD'] : typed(this.#text)));
			this.#text = '';
		}
	}
}

/** A text may hold two kinds of quotes, but a quoted text cannot hold its own. */
function typed(text: string): string[] {
	const quote = ['"', "'", '`'].find(mark => !text.includes(mark));
	return quote === undefined
		? [...text].map(character => `Type ${character === '"' ? `'"'` : `"${character}"`}`)
		: [`Type ${quote}${text}${quote}`];
}

const plain = {ctrl: false, alt: false, shift: false};

/** What terminals send for the keys that have a name, the longest first. */
const sequences: ReadonlyArray<readonly [sequence: string, key: string]> = [
	...keyNames.filter(key => key !== 'Space').flatMap(key => [false, true].map(mode => [keySequence({key, ...plain}, mode), key] as const)),
	[keySequence({key: 'Tab', ...plain, shift: true}), 'Shift+Tab'] as const,
].toSorted(([one], [other]) => other.length - one.length);

/** The first key in what a terminal sent, and its name; no name for a character. */
function keyAt(data: string): [sequence: string, key: string | undefined] {
	const named = sequences.find(([sequence]) => data.startsWith(sequence));
	if (named) {
		return [named[0], named[1]];
	}

	const character = String.fromCodePoint(data.codePointAt(0)!);
	return [character, character < ' ' ? `Ctrl+${String.fromCodePoint(character.codePointAt(0)! + 64)}` : undefined];
}
