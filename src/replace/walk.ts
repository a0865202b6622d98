// Walks through the screens of a console as a profile describes them.
import type {Profile, End, ScreenDefinition, SecretName} from './profile.js';
import type {TerminalSession} from '../replay/terminal-session.js';
import {isShown} from './look.js';

/** A screen as it was shown, and what was typed. */
export type ShownScreen = {
	/** Its name in the profile; `unknown` when none of the expected ones matches. */
	id: string;
	title: string;
	/** When it was complete, ISO 8601 in UTC. */
	at: string;
	screen: string;
	/** What was typed at it; of a secret only its name, in angle brackets. */
	typed?: string;
};

/** How a walk ended. */
export type WalkResult = {
	shown: ShownScreen[];
	/** How the appliance says that the job ended; absent when it has not said so. */
	end?: End;
	/** Whether an answer was sent after which the appliance may have been changed. */
	begun: boolean;
	/** Why it did not get to an end: a screen that is not expected here, a secret that nobody gives, or the end of the session. */
	stopped?: {why: 'unexpected-screen' | 'no-secret' | 'line-lost'; expected: string[]};
};

export type WalkOptions = {
	/** The user of the console. */
	user: string;
	/** Resolves with a secret, or undefined when there is none. */
	secretFor: (name: SecretName) => Promise<string | undefined>;
	/** Names of screens at which the walk ends before anything is typed. */
	until?: (id: string, screen: ScreenDefinition) => boolean;
	/** Called before the answer to a screen is typed. */
	onScreen?: (shown: ShownScreen) => void;
	now?: () => Date;
};

/** Answers screens until one has no successor, none of the expected ones is shown, or the session ends. Never rejects. */
export async function walk(profile: Profile, session: TerminalSession, options: WalkOptions): Promise<WalkResult> {
	const walker = new Walker(profile, session, options);
	await walker.run();
	return walker.result;
}

/** Screens after which a walk is given up: a profile can lead in a circle. */
const maxScreens = 60;

class Walker {
	readonly result: WalkResult = {shown: [], begun: false};
	/** The screen on which the last key was typed: until it has changed, nothing else is looked for. */
	#before: string | undefined;
	readonly #secrets = new Set<string>();

	constructor(
		private readonly profile: Profile,
		private readonly session: TerminalSession,
		private readonly options: WalkOptions,
	) {
		session.setQuietTime(profile.quietMs);
	}

	async run(): Promise<void> {
		let expected = this.profile.start;
		let timeoutSeconds = this.profile.timeoutSeconds;
		while (expected.length > 0 && this.result.shown.length < maxScreens) {
			const id = await this.#next(expected, timeoutSeconds);
			const screen = id === undefined ? undefined : this.profile.screens[id];
			if (id === undefined || screen === undefined) {
				return;
			}

			if (this.options.until?.(id, screen)) {
				this.#note(id, screen);
				return;
			}

			const answer = await this.#answerTo(screen);
			this.#note(id, screen, answer);
			if (screen.secret !== undefined && answer === undefined) {
				this.result.stopped = {why: 'no-secret', expected: [screen.secret]};
				return;
			}

			this.#send(screen, answer);
			expected = screen.next ?? [];
			timeoutSeconds = screen.timeoutSeconds ?? this.profile.timeoutSeconds;
		}
	}

	/** The name of the expected screen that is shown; undefined, after noting why, when there is none. */
	async #next(expected: readonly string[], timeoutSeconds: number): Promise<string | undefined> {
		const {session, profile} = this;
		const shown = () => expected.find(id => isShown(session.terminal, profile.screens[id]!, profile));
		const isWaiting = () => this.#isComplete() && (shown() !== undefined || session.marked);
		await session.until(isWaiting, timeoutSeconds * 1000);
		const id = this.#isComplete() && !session.ended ? shown() : undefined;
		if (id === undefined) {
			this.#stop(expected);
		}

		return id;
	}

	/** With ready marks the console itself says that it waits for a key; without them, it has been quiet for some time. */
	#isComplete(): boolean {
		const {session} = this;
		return session.isAtRest() && (session.marked || session.terminal.screen() !== this.#before);
	}

	#stop(expected: readonly string[]): void {
		if (this.result.end !== undefined) {
			return; // The job is over; only the way out was different.
		}

		this.#show('unknown', this.session.ended ? 'The last screen' : 'A screen that is not expected here');
		this.result.stopped = {why: this.session.ended ? 'line-lost' : 'unexpected-screen', expected: [...expected]};
	}

	#note(id: string, screen: ScreenDefinition, answer?: string): void {
		this.#show(id, screen.title, answer === undefined || screen.secret === undefined ? answer : `<${screen.secret}>`);
		if (screen.end !== undefined) {
			this.result.end = screen.end;
		}
	}

	#show(id: string, title: string, typed?: string): void {
		const at = (this.options.now?.() ?? new Date()).toISOString();
		const shown = {id, title, at, screen: this.#withoutSecrets(), ...(typed !== undefined && {typed})};
		this.result.shown.push(shown);
		this.options.onScreen?.(shown);
	}

	/** An appliance that shows a password must not put it into the report. */
	#withoutSecrets(): string {
		return [...this.#secrets].reduce((text, secret) => text.replaceAll(secret, '(hidden)'), this.session.terminal.screen());
	}

	async #answerTo({answer, secret: name}: ScreenDefinition): Promise<string | undefined> {
		if (name === undefined) {
			return answer?.replaceAll('${user}', this.options.user);
		}

		const secret = await this.options.secretFor(name);
		if (secret !== undefined && secret !== '') {
			this.#secrets.add(secret);
			this.session.cast.hide(secret);
		}

		return secret;
	}

	#send({changes}: ScreenDefinition, text: string | undefined): void {
		if (text !== undefined) {
			this.result.begun ||= changes ?? false;
			this.#before = this.session.terminal.screen();
			this.session.send(`${text}\r`);
		}
	}
}
