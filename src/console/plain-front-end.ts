import type {Writable} from 'node:stream';
import {describeRole} from '../appliance/roles.js';
import {installedExpiry} from '../appliance/installed-expiry.js';
import {describeExpiry} from './describe-expiry.js';
import type {FrontEnd, SessionConversation} from './front-end.js';
import {hangUpWhenIdle, type HangUpReason} from './idle.js';
import type {LineReader} from './line-reader.js';
import {menuAt, whyDimmed} from './menus.js';
import {askForEntry, PlainConversation} from './plain-conversation.js';
import {Session, type Ending} from './session.js';
import type {MenuPlace, User} from './state.js';
import type {ConsoleEnvironment} from './environment.js';

export type PlainOptions = {
	lines: LineReader;
	output: Writable;
	/** The line ending of the output: CR LF where no terminal driver adds the CR. */
	lineEnd: '\n' | '\r\n';
	/** The user, when already authenticated, as over SSH. */
	known?: User;
};

/** Starts a session in plain lines: the same menus and flows; each question and each answer is a line. */
export function plainSession(environment: ConsoleEnvironment, options: PlainOptions): {ended: Promise<Ending>} {
	return {ended: new Session(environment, new PlainFrontEnd(environment, options), options.known).ended};
}

class PlainFrontEnd implements FrontEnd {
	#user: User | undefined;
	#hungUp: HangUpReason = 'gone';

	constructor(
		private readonly environment: ConsoleEnvironment,
		private readonly options: PlainOptions,
	) {}

	get hungUp(): HangUpReason | undefined {
		return this.options.lines.ended ? this.#hungUp : undefined;
	}

	hangUpWhenIdle(seconds: number): Disposable {
		const {lines} = this.options;
		return hangUpWhenIdle(
			{
				get waiting() {
					return lines.waiting;
				},
				subscribeToUse: listener => lines.subscribe(listener),
				hangUp: why => {
					this.#hungUp = why;
					this.#write('', 'Signed out: the session was idle for too long.');
					lines.giveUp();
				},
			},
			seconds,
			this.environment.after,
		);
	}

	conversation(title: string): SessionConversation {
		return new PlainConversation(this.options.lines, this.options.output, this.options.lineEnd, title);
	}

	async menu({path, notice}: MenuPlace): Promise<string> {
		const {title, items} = menuAt(path);
		this.#write(
			'',
			...(await this.#heading()),
			path.length === 0 ? `${title}   ${this.environment.version}` : `${path.join('-')}  ${title}`,
			'',
		);
		for (const item of items) {
			const why = whyDimmed(item, this.#user?.role ?? 'tanuser', this.environment.identity.role);
			this.#write(`  ${item.key.padEnd(3)} ${item.label}${why === undefined ? '' : ` (${why})`}`);
		}

		this.#write('', ...(notice === '' ? [] : [notice]));
		const prompt = 'Enter a key (R back, RR main menu, ? help, Z log out):';
		return (await askForEntry(prompt, this.options.lines, row => this.#write(row))).trim() || '?';
	}

	/** What stands above each menu: the appliance, the user, and until when the installed certificate is valid. */
	async #heading(): Promise<string[]> {
		const {layout, identity, now} = this.environment;
		const expiry = await installedExpiry(layout, now());
		return [
			`TanOS  ${[identity.name, describeRole(identity.role), this.#user?.name].filter(word => word !== undefined).join('  ')}`,
			...(expiry ? [describeExpiry(expiry).text] : []),
		];
	}

	highlighted(path: readonly string[]): readonly string[] {
		return path;
	}

	signedIn(user: User): void {
		this.#user = user;
	}

	async during<Result>(work: () => Promise<Result>): Promise<Result> {
		return work();
	}

	async crash(reference: string): Promise<void> {
		this.#write('This session ended because of a fault in the console.', `The audit log describes it: ${reference}.`);
	}

	#write(...rows: string[]): void {
		this.options.output.write(rows.map(row => `${row}${this.options.lineEnd}`).join(''));
	}
}
