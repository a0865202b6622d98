// Authenticates the operator, in OpenSSH's order: keys, keyboard-interactive, password. No secret comes from the command line,
// where every user of the machine could read it.
import type {AnyAuthMethod, AuthenticationType, Prompt} from 'ssh2';
import {Problem} from '../problem.js';
import {excerptOf} from './excerpt.js';
import type {Host, Operator} from './host.js';
import {KeyRing} from './key-ring.js';

const maxPrompts = 3;

/** Characters of a host's instructions that are shown. */
const maxWords = 2000;

/** The authentication of one connection. */
export class Authentication {
	#keys: KeyRing | undefined;
	#offered: readonly AuthenticationType[] = [];
	readonly #left = {'keyboard-interactive': maxPrompts, password: maxPrompts};

	constructor(
		private readonly host: Host,
		private readonly operator: Operator,
	) {}

	/**
	 * The next attempt. `offered` are the methods that the host accepts, null before the first attempt. Resolves with false when
	 * no method is left.
	 */
	async next(offered: readonly AuthenticationType[] | null): Promise<AnyAuthMethod | false> {
		const {user: username} = this.host;
		if (!offered) {
			return {type: 'none', username};
		}

		this.#offered = offered;
		if (offered.includes('publickey') && !this.#keys) {
			this.#keys = await KeyRing.of(this.host, this.operator);
			if (!this.#keys.isEmpty) {
				return {type: 'agent', username, agent: this.#keys};
			}
		}

		if (offered.includes('keyboard-interactive') && this.#left['keyboard-interactive']-- > 0) {
			return {type: 'keyboard-interactive', username, prompt: this.#answer};
		}

		return offered.includes('password') && this.#left.password-- > 0 ? this.#password() : false;
	}

	/** The error for a host that accepts no attempt. */
	refusal(): Problem {
		const {user, label} = this.host;
		const keys = this.#keys && !this.#keys.isEmpty ? 'None of the keys was accepted' : 'No key was found';
		const passwords = this.#offered.some(method => method !== 'publickey') ? ', and no password was accepted' : '';
		return new Problem(
			'permission-denied',
			`${user}@${label}: permission denied (${this.#offered.join(', ')}).`,
			`${keys}${passwords}. Use another key (--identity FILE) or another account (USER@HOST).`,
		);
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
			const answer = await this.#ask(prompt, !echo);
			if (answer === undefined) {
				this.#left['keyboard-interactive'] = 0;
				this.#left.password = 0;
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
