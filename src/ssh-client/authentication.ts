// Authenticates the operator, in OpenSSH's order: keys, keyboard-interactive, password. No secret comes from the command line,
// where every user of the machine could read it.
import type {AnyAuthMethod, AuthenticationType, Prompt} from 'ssh2';
import {Problem} from '../problem.js';
import {excerptOf} from './excerpt.js';
import type {Host, Operator} from './host.js';
import {KeyAgent} from './key-agent.js';

const maxPrompts = 3;

/** Characters of a host's instructions that are shown. */
const maxWords = 2000;

/** The error for a host that takes the password only to have it changed. */
export function passwordExpired({user, label}: Pick<Host, 'user' | 'label'>, prompt: string): Problem {
	return new Problem(
		'password-expired',
		`${user}@${label} asks to change the password: ${excerptOf(prompt)}`,
		'Sign in by hand and change it.',
	);
}

/** The authentication of one connection. */
export class Authentication {
	/** The keys that were not tried yet, once they are known. */
	#keys: KeyAgent[] | undefined;
	#hasKeys = false;
	#offered: readonly AuthenticationType[] = [];
	/** Whether the host has accepted one method, and wants another. */
	#isPartial = false;
	#hasDeclined = false;
	readonly #left = {'keyboard-interactive': maxPrompts, password: maxPrompts};

	constructor(
		private readonly host: Host,
		private readonly operator: Operator,
	) {}

	/** Notes the methods that the host goes on with, and whether it has accepted the last one and wants another. */
	refused(offered: readonly AuthenticationType[], isPartial: boolean): void {
		this.#offered = offered;
		this.#isPartial ||= isPartial;
	}

	/** The next attempt. `isAnswered` is false before the first one. Resolves with false when no method is left. */
	async next(isAnswered: boolean): Promise<AnyAuthMethod | false> {
		const {user: username} = this.host;
		const offered = this.#offered;
		if (!isAnswered) {
			return {type: 'none', username};
		}

		const key = offered.includes('publickey') ? await this.#nextKey() : undefined;
		if (key) {
			return {type: 'agent', username, agent: key};
		}

		if (this.#hasDeclined) {
			return false;
		}

		if (offered.includes('keyboard-interactive') && this.#left['keyboard-interactive']-- > 0) {
			return {type: 'keyboard-interactive', username, prompt: this.#answer};
		}

		return offered.includes('password') && this.#left.password-- > 0 ? this.#password() : false;
	}

	/** The error for a host that accepts no attempt. */
	refusal(): Problem {
		const {user, label} = this.host;
		const keys = this.#isPartial ? 'The key was accepted' : this.#hasKeys ? 'None of the keys was accepted' : 'No key was found';
		const passwords = this.#offered.some(method => method !== 'publickey') ? ', and no password was accepted' : '';
		return new Problem(
			'permission-denied',
			`${user}@${label}: permission denied (${this.#offered.join(', ')}).`,
			`${keys}${passwords}. Use another key (--identity FILE) or another account (USER@HOST).`,
		);
	}

	async #nextKey(): Promise<KeyAgent | undefined> {
		if (!this.#keys) {
			this.#keys = await KeyAgent.each(this.host, this.operator);
			this.#hasKeys = this.#keys.length > 0;
		}

		return this.#keys.shift();
	}

	readonly #answer = (
		name: string,
		instructions: string,
		_language: string,
		questions: Prompt[],
		give: (answers: string[]) => void,
	): void => {
		for (const words of [name, instructions].filter(words => words.trim() !== '')) {
			this.operator.notify(excerptOf(words, maxWords));
		}

		void this.#answers(questions).then(give);
	};

	/** One answer to each question. After the operator has declined once, nothing is asked again. */
	async #answers(questions: readonly Prompt[]): Promise<string[]> {
		const answers: string[] = [];
		for (const {prompt, echo = false} of questions) {
			const answer = this.#hasDeclined ? undefined : await this.#ask(prompt, !echo);
			if (answer === undefined) {
				this.#hasDeclined = true;
				return questions.map(() => '');
			}

			answers.push(answer);
		}

		return answers;
	}

	async #password(): Promise<AnyAuthMethod | false> {
		const {user, label} = this.host;
		const password = await this.operator.answer(`${user}@${label}'s password: `, {hidden: true});
		return password === undefined ? false : {type: 'password', username: user, password};
	}

	/** Asks the host's question with the host's name before it: there may be several hosts. */
	async #ask(question: string, hidden: boolean): Promise<string | undefined> {
		const {user, label} = this.host;
		return this.operator.answer(`(${user}@${label}) ${excerptOf(question)}`, {hidden});
	}
}
