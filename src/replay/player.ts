import {setTimeout as pause} from 'node:timers/promises';
import {Problem} from '../problem.js';
import type {Action, Settings} from './action.js';
import {frameScreen} from './frame.js';
import {keySequence} from './keys.js';
import {regularExpression} from './pattern.js';
import type {TerminalSession} from './terminal-session.js';
import type {Command, Tape} from './tape.js';

type Of<Do extends Action['do']> = Extract<Command, {do: Do}>;

/** Runs the commands of one tape in one terminal session. */
export class Player {
	readonly #settings: Settings;

	constructor(
		private readonly tape: Tape,
		private readonly session: TerminalSession,
		settings: Settings,
		/** Slow motion: 1 pauses as long as the tape says, 2 half as long. Without it nothing pauses. */
		private readonly speed: number | undefined,
		private readonly takeScreenshot: (name: string) => void,
	) {
		this.#settings = {...settings};
	}

	/** Resolves when the command is done. Rejects with Problem `replay-failed`, which shows the screen. */
	async run(command: Command): Promise<void> {
		switch (command.do) {
			case 'type':
				return this.#type(command);
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
				return this.takeScreenshot(command.name);
			case 'resize':
				return this.#resize(command);
			case 'set':
				return this.#set(command.settings);
			case 'environment': // Applied when the program started.
		}
	}

	/** A text is one write, like a paste: the program must not lose a key of it. */
	async #type(command: Of<'type'>): Promise<void> {
		const strokes = this.speed === undefined ? [command.text] : [...command.text];
		for (const stroke of strokes) {
			await this.#send(command, () => stroke);
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
	async #send(command: Command, textOf: () => string): Promise<void> {
		await this.#ready(command);
		if (this.session.ended) {
			this.#fail(command, `the program ended with exit code ${this.session.exitCode} before this key`);
		}

		this.session.send(textOf());
		await this.#ready(command);
	}

	#set(settings: Partial<Settings>): void {
		Object.assign(this.#settings, settings);
		this.session.counting = this.#settings.readyMark;
	}

	/** Resolves when the program has handled all keys or has ended, and the screen shows a complete frame. */
	async #ready(command: Command): Promise<void> {
		const {readyMark, waitTimeout} = this.#settings;
		const isReady = () => !this.session.terminal.halfDrawn && (!readyMark || this.session.ready);
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

	async #wait(command: Of<'wait'>): Promise<void> {
		const {session} = this;
		const source = command.pattern ?? this.#settings.waitPattern;
		const pattern = regularExpression(source);
		const read = () => (command.on === 'screen' ? [session.terminal.screen()] : session.terminal.lines());
		const isMet = () => (session.ended || !session.terminal.halfDrawn) && read().some(text => pattern.test(text));
		await this.#expect(command, isMet, `for the ${command.on} to match`, command.timeout);
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
		if (this.speed !== undefined) {
			await pause(duration / this.speed);
		}
	}

	/** Shows the command as it is in the tape, so that the value of a variable is not revealed. */
	#fail(command: Command, found: string, hint = ''): never {
		const place = `${this.tape.name}:${command.line}: ${command.source}`;
		throw new Problem('replay-failed', `${place}\n${found}. The screen:\n${frameScreen(this.session.terminal)}`, hint);
	}
}

function seconds(milliseconds: number): string {
	return `${milliseconds / 1000} s`;
}
