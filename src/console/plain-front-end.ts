import type {Writable} from 'node:stream';
import type {FrontEnd, SessionConversation} from './front-end.js';
import type {CertificateNote, Header} from './header.js';
import {hangUpWhenIdle, type After, type HangUpReason} from './idle.js';
import type {LineReader} from './line-reader.js';
import {menuAt, whyDimmed} from './menus.js';
import {askForEntry, PlainConversation} from './plain-conversation.js';
import type {Ending} from './ending.js';
import {Session} from './session.js';
import type {MenuPlace, User} from './state.js';
import {headerOf, type ConsoleEnvironment} from './environment.js';

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
	return {ended: new Session(environment, new PlainFrontEnd(headerOf(environment), options, environment.after), options.known).ended};
}

/** Shows a session in plain lines. */
export class PlainFrontEnd implements FrontEnd {
	#user: User | undefined;
	#hungUp: HangUpReason = 'gone';

	constructor(
		private readonly header: Header,
		private readonly options: Omit<PlainOptions, 'known'>,
		private readonly after?: After,
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
			this.after,
		);
	}

	conversation(title: string): SessionConversation {
		return new PlainConversation(this.options.lines, this.options.output, this.options.lineEnd, title);
	}

	async menu({path, notice}: MenuPlace, certificate: CertificateNote | undefined): Promise<string> {
		const {title, items} = menuAt(path);
		this.#write(
			'',
			this.#heading(),
			...(certificate ? [certificate.text] : []),
			path.length === 0 ? `${title}   ${this.header.version}` : `${path.join('-')}  ${title}`,
			'',
		);
		for (const item of items) {
			const why = whyDimmed(item, this.#user?.role ?? 'tanuser', this.header.machine);
			this.#write(`  ${item.key.padEnd(3)} ${item.label}${why === undefined ? '' : ` (${why})`}`);
		}

		this.#write('', ...(notice === '' ? [] : [notice]));
		const prompt = 'Enter a key (R back, RR main menu, ? help, Z log out):';
		return (await askForEntry(prompt, this.options.lines, row => this.#write(row))).trim() || '?';
	}

	/** What stands above each menu: the machine and the user. */
	#heading(): string {
		const {name, role} = this.header;
		return `TanOS  ${[name, role, this.#user?.name].filter(word => word !== undefined).join('  ')}`;
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
