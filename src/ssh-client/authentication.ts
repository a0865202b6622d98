// Who the operator is, proven in the ways that OpenSSH tries and in its order: a key, then what the host asks for, then a
// password. Nothing secret comes from the command line, where every user of the machine could read it.
import type {AnyAuthMethod, AuthenticationType, Prompt} from 'ssh2';
import {Problem} from '../problem.js';
import type {Host, Operator} from './host.js';
import {KeyRing} from './key-ring.js';

const prompts = 3;

/** The attempts of one connection. */
export class Authentication {
	#keys: KeyRing | undefined;
	#offered: readonly AuthenticationType[] = [];
	readonly #left = {'keyboard-interactive': prompts, password: prompts};

	constructor(private readonly host: Host, private readonly operator: Operator) {}

	/**
	 * What to try next, of the methods that the host names; undefined at the beginning, when it has not named them yet.
	 * Resolves with false when nothing is left.
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

	/** What to say when the host lets nobody in. */
	refusal(): Problem {
		const {user, label} = this.host;
		const keys = this.#keys && !this.#keys.isEmpty ? 'None of the keys opens the account' : 'No key was found';
		return new Problem(
			'permission-denied',
			`${user}@${label}: permission denied (${this.#offered.join(', ')}).`,
			`${keys}${this.#offered.some(method => method !== 'publickey') ? ', and no password did' : ''}. Name another key: --identity FILE. Or another account: USER@HOST.`,
		);
	}

	readonly #answer = (name: string, instructions: string, _language: string, questions: Prompt[], give: (answers: string[]) => void): void => {
		for (const words of [name, instructions].filter(words => words.trim() !== '')) {
			this.operator.tell(words);
		}

		void this.#answers(questions).then(give);
	};

	/** One answer to each question. Once there is none, nothing is asked again: it would be refused for ever. */
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

	/** The host's question with the host's name ahead: with several hosts nobody could tell whose password is asked. */
	async #ask(question: string, hidden: boolean): Promise<string | undefined> {
		const {user, label} = this.host;
		return this.operator.answer(`(${user}@${label}) ${question}`, {hidden});
	}
}
