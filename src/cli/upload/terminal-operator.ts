// The operator at the desk, for the client that itself neither prints nor asks. Passwords come from where OpenSSH's users
// expect them: a terminal, or the program SSH_ASKPASS. A script without either writes them to standard input, one line an
// answer; in the environment every program that is started from there could read them, on the command line everybody.
import process from 'node:process';
import {createInterface, type Interface} from 'node:readline';
import {execa} from 'execa';
import {sanitise} from '../../sanitise.js';
import type {Operator, UnknownHost} from '../../ssh-client/host.js';
import {Keyboard} from './keyboard.js';
import type {StatusLine} from './status-line.js';

export class TerminalOperator implements Operator {
	readonly #keyboard = process.stdin.isTTY ? new Keyboard() : undefined;
	#lines: {from: Interface; next: AsyncIterator<string, undefined>} | undefined;

	constructor(private readonly status: StatusLine) {}

	/** Whether somebody can be asked. */
	get isPresent(): boolean {
		return this.#keyboard !== undefined;
	}

	/** As OpenSSH asks: yes, no, or the fingerprint that is expected. A script says nothing here: it would always say yes. */
	async isKnown({name, address, type, fingerprint}: UnknownHost): Promise<boolean | undefined> {
		let question = `The authenticity of host '${name} (${address})' can't be established.\n${type} key fingerprint is ${fingerprint}.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? `;
		for (;;) {
			const answer = (await this.#atKeyboard(question, false))?.trim();
			if (answer === undefined) {
				return this.isPresent ? false : undefined;
			}

			if (/^yes$/i.test(answer) || answer === fingerprint) {
				return true;
			}

			if (/^no$/i.test(answer)) {
				return false;
			}

			question = 'Please type \'yes\', \'no\' or the fingerprint: ';
		}
	}

	async answer(question: string, {hidden}: {hidden: boolean}): Promise<string | undefined> {
		const program = process.env['SSH_ASKPASS'];
		if (program && this.#isForProgram()) {
			const {stdout, failed} = await execa(program, [question], {reject: false, stdin: 'ignore'});
			return failed ? undefined : stdout;
		}

		return this.isPresent ? this.#atKeyboard(question, hidden) : this.#fromScript();
	}

	/** Whether a yes is given to a question of this program. False when nobody is there. */
	async agrees(question: string): Promise<boolean> {
		return /^y(?:es)?$/i.test((await this.#atKeyboard(`${question} (yes/no) `, false))?.trim() ?? '');
	}

	tell(words: string): void {
		this.status.clear();
		process.stderr.write(`${inLines(words.trimEnd())}\n`);
	}

	/** Leaves standard input alone, so that the program can end. */
	leave(): void {
		this.#lines?.from.close();
		process.stdin.destroy();
	}

	#isForProgram(): boolean {
		const {SSH_ASKPASS_REQUIRE: required, DISPLAY: display, WAYLAND_DISPLAY: wayland} = process.env;
		return required === 'force' || required === 'prefer' || (required !== 'never' && !this.isPresent && Boolean(display || wayland));
	}

	async #atKeyboard(question: string, hidden: boolean): Promise<string | undefined> {
		this.status.clear();
		return this.#keyboard?.line(inLines(question), hidden);
	}

	async #fromScript(): Promise<string | undefined> {
		if (!this.#lines) {
			const from = createInterface({input: process.stdin});
			this.#lines = {from, next: from[Symbol.asyncIterator]()};
		}

		const {value, done} = await this.#lines.next.next();
		return done ? undefined : value;
	}
}

/** What comes from a server may hold anything; no control character of it reaches the terminal. */
function inLines(words: string): string {
	return words.split('\n').map(line => sanitise(line.replace(/\r$/, ''))).join('\n');
}
