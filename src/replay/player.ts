import {setTimeout as pause} from 'node:timers/promises';
import {Problem} from '../problem.js';
import type {Action, Place, Settings} from './action.js';
import {frameScreen} from './frame.js';
import {hideSecrets} from './hide-secrets.js';
import {keySequence} from './keys.js';
import {regularExpression} from './pattern.js';
import type {TerminalSession} from './terminal-session.js';
import type {Command, Tape} from './tape.js';
import {stateOf} from './unchanged.js';

type Of<Do extends Action['do']> = Extract<Command, {do: Do}>;

export type PlayerOptions = {
	settings: Settings;
	/** Slow motion: 1 pauses as long as the tape says, 2 half as long. Without it nothing pauses. */
	speed: number | undefined;
	secrets: Readonly<Record<string, string>>;
	/** Of each file that must stay unchanged, its state before the first command. */
	states: ReadonlyMap<string, string>;
	takeScreenshot: (name: string) => void;
};

/** Runs the commands of one tape in one terminal session. */
export class Player {
	readonly #settings: Settings;
	#clipboard = '';
	/** Whether a text was sent without waiting, so that the key behind it follows at once. */
	#isAhead = false;

	constructor(
		private readonly tape: Tape,
		private readonly session: TerminalSession,
		private readonly options: PlayerOptions,
	) {
		this.#settings = {...options.settings};
		session.counting = this.#settings.readyMark;
		session.setQuietTime(this.#settings.quietTime);
	}

	/**
	 * Resolves when the command is done. A text and an Enter that is `next` are sent without waiting for the frame between them. Rejects
	 * with Problem `replay-failed`, which shows the screen.
	 */
	async run(command: Command, next?: Command): Promise<void> {
		switch (command.do) {
			case 'type':
				return this.#type(command, next !== undefined && isEnter(next));
			case 'press':
				return this.#press(command);
			case 'wait':
				return this.#wait(command);
			case 'wait-exit':
				return this.#expect(command, () => this.session.ended, 'for the program to end', command.timeout);
			case 'sleep':
				return this.#pause(command.duration);
			case 'screenshot':
				await this.#ready(command);
				return this.options.takeScreenshot(command.name);
			case 'resize':
				return this.#resize(command);
			case 'set':
				return this.#set(command.settings);
			default:
				return this.#runAddition(command);
		}
	}

	/** The commands that check, and those that the program does not see. */
	async #runAddition(command: Command): Promise<void> {
		switch (command.do) {
			case 'expect':
				return this.#check(command);
			case 'secret':
				return this.#send(command, () => this.options.secrets[command.name]!);
			case 'unchanged':
				return this.#assertUnchanged(command);
			case 'copy':
				this.#clipboard = command.text;
				return;
			case 'paste':
				return this.#send(command, () => pasted(this.#clipboard, this.session.terminal.bracketedPaste));
			case 'hide':
				return this.session.cast.pause();
			case 'show':
				return this.session.cast.resume();
			default: // Applied before the program started, or when it has ended.
		}
	}

	/** Whether the pattern of an `If` matches the screen at rest. Rejects with Problem `replay-failed` when it never rests. */
	async holds(command: Of<'if'>): Promise<boolean> {
		await this.#ready(command);
		return this.#matches(command);
	}

	#matches({on, pattern}: {on: Place; pattern: string}): boolean {
		const expression = regularExpression(pattern);
		const {terminal} = this.session;
		return (on === 'screen' ? [terminal.screen()] : terminal.lines()).some(text => expression.test(text));
	}

	async #check(command: Of<'expect'>): Promise<void> {
		await this.#ready(command);
		if (this.#matches(command) !== command.isExpected) {
			this.#fail(command, `the ${command.on} ${command.isExpected ? 'does not match' : 'matches'}`);
		}
	}

	async #assertUnchanged(command: Of<'unchanged'>): Promise<void> {
		await this.#ready(command);
		if ((await stateOf(command.path)) !== this.options.states.get(command.path)) {
			this.#fail(command, `${command.path} has changed since the first command`);
		}
	}

	/** A text is one write, like a paste: the program must not lose a key of it. */
	async #type(command: Of<'type'>, isBeforeKey: boolean): Promise<void> {
		const isAhead = isBeforeKey && this.#settings.readyMark && this.options.speed === undefined;
		const strokes = this.options.speed === undefined ? [command.text] : [...command.text];
		for (const stroke of strokes) {
			await this.#send(command, () => stroke, isAhead);
			await this.#pause(command.pause ?? this.#settings.typingSpeed);
		}
	}

	async #press(command: Of<'press'>): Promise<void> {
		for (let time = 0; time < command.times; time++) {
			await this.#send(command, () => keySequence(command.chord, this.session.terminal.applicationCursor));
			await this.#pause(command.pause ?? this.#settings.typingSpeed);
		}
	}

	/** The sequence of a key depends on the mode of the terminal, so it is made when the key is sent. */
	async #send(command: Command, textOf: () => string, isAhead = false): Promise<void> {
		if (!this.#isAhead) {
			await this.#ready(command);
		}

		this.#isAhead = isAhead;
		if (this.session.ended) {
			this.#fail(command, `the program ended with exit code ${this.session.exitCode} before this key`);
		}

		this.session.send(textOf());
		if (!isAhead) {
			await this.#ready(command);
		}
	}

	#set(settings: Partial<Settings>): void {
		Object.assign(this.#settings, settings);
		this.session.counting = this.#settings.readyMark;
		this.session.setQuietTime(this.#settings.quietTime);
	}

	/** Resolves when the program has handled all keys or has ended, and the screen shows a complete frame. */
	async #ready(command: Command): Promise<void> {
		const {waitTimeout, readyMark} = this.#settings;
		const isReady = () => this.session.isAtRest(readyMark);
		if ((await this.session.until(isReady, waitTimeout)) === 'late') {
			const found = `waited ${seconds(waitTimeout)} for the program to be ready for the next key`;
			this.#fail(command, found, 'If the program is slow, use `Set WaitTimeout`. If it writes no ready marks, use `Set ReadyMark false`.');
		}
	}

	async #resize(command: Of<'resize'>): Promise<void> {
		const {session} = this;
		const {columns, rows} = session.terminal;
		await this.#ready(command);
		if (command.columns === columns && command.rows === rows) {
			return;
		}

		const {marks} = session.terminal.ready;
		session.resize(command.columns, command.rows);
		const isDrawn = () => session.terminal.ready.marks > marks && session.ready;
		if (this.#settings.readyMark) {
			await this.#expect(command, isDrawn, 'for the program to be ready in the new size');
		}
	}

	async #wait({on, timeout, pattern = this.#settings.waitPattern, ...command}: Of<'wait'>): Promise<void> {
		const {session} = this;
		const isComplete = () => !session.terminal.halfDrawn && (this.#settings.readyMark || session.quiet);
		const isMet = () => (session.ended || isComplete()) && this.#matches({on, pattern});
		await this.#expect({...command, on, pattern, timeout}, isMet, `for the ${on} to match`, timeout);
	}

	async #expect(command: Command, isMet: () => boolean, what: string, timeout = this.#settings.waitTimeout): Promise<void> {
		const outcome = await this.session.until(isMet, timeout);
		if (outcome === 'late') {
			this.#fail(command, `waited ${seconds(timeout)} ${what}`);
		}

		if (outcome === 'ended') {
			this.#fail(command, `waited ${what}, but the program ended with exit code ${this.session.exitCode}`);
		}
	}

	async #pause(duration: number): Promise<void> {
		const {speed} = this.options;
		if (speed !== undefined) {
			await pause(duration / speed);
		}
	}

	/** Shows the command as it is in the tape, so that the value of a variable is not revealed. */
	#fail(command: Command, found: string, hint = ''): never {
		const place = `${command.tape ?? this.tape.name}:${command.line}: ${command.source}`;
		const screen = hideSecrets(frameScreen(this.session.terminal), Object.values(this.options.secrets));
		throw new Problem('replay-failed', `${place}\n${found}. The screen:\n${screen}`, hint);
	}
}

/** Whether a command presses Enter. */
function isEnter(command: Command): boolean {
	return command.do === 'press' && keySequence(command.chord) === '\r';
}

/** What a terminal sends when somebody pastes. */
function pasted(text: string, isBracketed: boolean): string {
	return isBracketed ? `\u001B[200~${text}\u001B[201~` : text;
}

function seconds(milliseconds: number): string {
	return `${milliseconds / 1000} s`;
}
