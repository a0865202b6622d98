// The operator at a terminal. As with OpenSSH, passwords come from the terminal or from SSH_ASKPASS. A script with neither writes
// them to standard input, one line for each answer: the environment and the command line are readable by other programs.
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

	/** Whether there is a terminal to ask at. */
	get isPresent(): boolean {
		return this.#keyboard !== undefined;
	}

	/** Asks as OpenSSH does: yes, no or the expected fingerprint. Scripts are not asked: they would always say yes. */
	async isKnown({name, address, type, fingerprint}: UnknownHost): Promise<boolean | undefined> {
		let question =
			`The authenticity of host '${name} (${address})' can't be established.\n${type} key fingerprint is ${fingerprint}.\n`
			+ 'Are you sure you want to continue connecting (yes/no/[fingerprint])? ';
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

			question = "Please type 'yes', 'no' or the fingerprint: ";
		}
	}

	async answer(question: string, {hidden}: {hidden: boolean}): Promise<string | undefined> {
		const program = process.env['SSH_ASKPASS'];
		if (program && this.#isForProgram()) {
			const {stdout, failed} = await execa(program, [question], {reject: false, stdin: 'ignore'});
			return failed ? undefined : stdout;
		}

		return this.isPresent ? this.#atKeyboard(question, hidden) : this.#fromStandardInput();
	}

	/** Asks yes or no. False when there is no terminal. */
	async agrees(question: string): Promise<boolean> {
		return /^y(?:es)?$/i.test((await this.#atKeyboard(`${question} (yes/no) `, false))?.trim() ?? '');
	}

	notify(words: string): void {
		this.status.clear();
		process.stderr.write(`${sanitiseLines(words.trimEnd())}\n`);
	}

	/** Releases standard input, so that the program can exit. */
	close(): void {
		this.#lines?.from.close();
		process.stdin.destroy();
	}

	#isForProgram(): boolean {
		const {SSH_ASKPASS_REQUIRE: required, DISPLAY: display, WAYLAND_DISPLAY: wayland} = process.env;
		return required === 'force' || required === 'prefer' || (required !== 'never' && !this.isPresent && Boolean(display || wayland));
	}

	async #atKeyboard(question: string, hidden: boolean): Promise<string | undefined> {
		this.status.clear();
		return this.#keyboard?.line(sanitiseLines(question), hidden);
	}

	async #fromStandardInput(): Promise<string | undefined> {
		if (!this.#lines) {
			const from = createInterface({input: process.stdin});
			this.#lines = {from, next: from[Symbol.asyncIterator]()};
		}

		const {value, done} = await this.#lines.next.next();
		return done ? undefined : value;
	}
}

/** Removes control characters from a server's text, line by line. */
function sanitiseLines(words: string): string {
	return words
		.split('\n')
		.map(line => sanitise(line.replace(/\r$/, '')))
		.join('\n');
}
