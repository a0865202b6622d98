// The front end of a session whose console is another process: what is shown and asked goes through a channel. When the console is gone,
// open questions are cancelled, what is shown is dropped, and work in progress goes on.
import {Cancelled, type Choice, type Tone, type Watch, type YesWord} from '../conversation.js';
import type {FrontEnd, SessionConversation} from '../front-end.js';
import type {CertificateNote} from '../header.js';
import type {HangUpReason} from '../idle.js';
import type {MenuPlace, User} from '../state.js';
import type {ReceivedConsoleMessage, ServiceMessage} from './messages.js';

type Answer = ReceivedConsoleMessage & {type: 'answer'};

/** What the front end needs of a channel. */
export type Outgoing = {send(message: ServiceMessage): void; drained(): Promise<void>};

/** A message without its id. */
type Question = ServiceMessage extends infer Each ? (Each extends {id: number} ? Omit<Each, 'id'> : never) : never;

export class RemoteFrontEnd implements FrontEnd {
	#hungUp: HangUpReason | undefined;
	#lastId = 0;
	#highlighted: readonly string[] | undefined;
	readonly #open = new Map<number, PromiseWithResolvers<Answer>>();
	readonly #asked = Promise.withResolvers<void>();

	constructor(
		private readonly channel: Outgoing,
		private readonly hasScreen: boolean,
	) {}

	get hungUp(): HangUpReason | undefined {
		return this.#hungUp;
	}

	/** Resolves when the first question has been sent: the console has something to do then. */
	get asked(): Promise<void> {
		return this.#asked.promise;
	}

	/** Takes an answer. One to a question that is not open is ignored. */
	receive(message: ReceivedConsoleMessage): void {
		if (message.type === 'answer') {
			this.#close(message.id)?.resolve(message);
		} else if (message.type === 'cancelled') {
			this.#hungUp ??= message.hungUp;
			this.#close(message.id)?.reject(new CancelledThere(message.typedAhead));
		}
	}

	/** The console is gone. */
	hangUp(): void {
		this.#hungUp ??= 'gone';
		for (const id of this.#open.keys()) {
			this.#close(id)?.reject(new CancelledThere(''));
		}
	}

	async ask(question: Question): Promise<Answer> {
		return this.begin(question).answer;
	}

	/** Asks, and resolves with the answer by `answer`; `id` is that of the question. Rejects with Cancelled. */
	begin(question: Question): {id: number; answer: Promise<Answer>} {
		const id = ++this.#lastId;
		const open = Promise.withResolvers<Answer>();
		if (this.#hungUp) {
			open.reject(new CancelledThere(''));
		} else {
			this.#open.set(id, open);
			this.send({...question, id});
			this.#asked.resolve();
		}

		return {id, answer: open.promise};
	}

	send(message: ServiceMessage): void {
		if (!this.#hungUp) {
			this.channel.send(message);
		}
	}

	async drained(): Promise<void> {
		return this.channel.drained();
	}

	conversation(title: string): SessionConversation {
		this.#highlighted = undefined;
		this.send({type: 'conversation', title});
		return new RemoteConversation(this, this.hasScreen);
	}

	async menu({path, last, notice}: MenuPlace, certificate: CertificateNote | undefined): Promise<string> {
		const place = {path: [...path], last: [...last], notice};
		const {value, highlighted} = await this.ask({type: 'menu', ...place, ...(certificate && {certificate})});
		this.#highlighted = highlighted;
		return textOf(value);
	}

	highlighted(path: readonly string[]): readonly string[] {
		return this.#highlighted ?? path;
	}

	signedIn({name, role}: User): void {
		this.send({type: 'signed-in', name, role});
	}

	async during<Result>(work: () => Promise<Result>): Promise<Result> {
		return this.working(undefined, work);
	}

	/** Says when work begins and ends; with a title it is shown as a step. Settles as it does. */
	async working<Result>(title: string | undefined, work: () => Promise<Result>): Promise<Result> {
		const id = ++this.#lastId;
		this.send({type: 'begun', id, ...(title !== undefined && {title})});
		let ok = false;
		try {
			const result = await work();
			ok = true;
			return result;
		} finally {
			this.send({type: 'done', id, ok});
		}
	}

	async crash(reference: string): Promise<void> {
		await this.ask({type: 'crash', reference});
	}

	/** The console measures the time, as it knows of every key. */
	hangUpWhenIdle(seconds: number): Disposable {
		this.send({type: 'idle-limit', seconds});
		return {[Symbol.dispose]: () => this.send({type: 'idle-limit', seconds: 0})};
	}

	#close(id: number): PromiseWithResolvers<Answer> | undefined {
		const open = this.#open.get(id);
		this.#open.delete(id);
		return open;
	}
}

class CancelledThere extends Cancelled {
	constructor(readonly typedAhead: string) {
		super('The question was cancelled.');
	}
}

/** An answer of another kind is one that a console does not send. */
function textOf(value: string | boolean | undefined): string {
	return typeof value === 'string' ? value : '';
}

class RemoteConversation implements SessionConversation {
	typedAhead = '';
	/** Present where there is a screen. */
	readonly copy?: (text: string) => void;

	constructor(
		private readonly frontEnd: RemoteFrontEnd,
		hasScreen: boolean,
	) {
		if (hasScreen) {
			this.copy = text => {
				frontEnd.send({type: 'copy', text});
			};
		}
	}

	print(text: string, tone: Tone = 'plain'): void {
		this.frontEnd.send({type: 'print', text, tone});
	}

	table(rows: ReadonlyArray<readonly string[]>, heads = false, bad: readonly number[] = []): void {
		this.frontEnd.send({type: 'table', rows: rows.map(cells => [...cells]), heads, bad: [...bad]});
	}

	async ask(prompt: string, {isLineOfText = false, isAnsweredBeside = false} = {}): Promise<string> {
		return textOf((await this.frontEnd.ask({type: 'ask', prompt, isLineOfText, isAnsweredBeside})).value);
	}

	async secret(prompt: string, {isAnsweredBeside = false} = {}): Promise<string> {
		return textOf((await this.frontEnd.ask({type: 'secret', prompt, isAnsweredBeside})).value);
	}

	async confirm(prompt: string, word: YesWord): Promise<boolean> {
		try {
			return (await this.frontEnd.ask({type: 'confirm', prompt, word})).value === true;
		} catch (error) {
			if (error instanceof Cancelled) {
				return false;
			}

			throw error;
		}
	}

	async choose<Value>(prompt: string, choices: ReadonlyArray<Choice<Value>>): Promise<Value | undefined> {
		try {
			const labels = choices.map(({key, label}) => ({key, label}));
			const {value} = await this.frontEnd.ask({type: 'choose', prompt, choices: labels});
			return choices.find(({key}) => key === value)?.value;
		} catch (error) {
			this.typedAhead = error instanceof CancelledThere ? error.typedAhead : '';
			throw error;
		}
	}

	async step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
		return this.frontEnd.working(title, work);
	}

	async follow(watch: Watch): Promise<void> {
		const stop = new AbortController();
		const {id, answer} = this.frontEnd.begin({type: 'follow'});
		const watching = watch(async lines => {
			this.frontEnd.send({type: 'followed', id, lines: [...lines]});
			await this.frontEnd.drained();
		}, stop.signal);
		try {
			await Promise.race([answer, watching]);
		} finally {
			stop.abort();
			await watching;
		}
	}

	async pause(): Promise<void> {
		this.typedAhead = (await this.frontEnd.ask({type: 'pause'})).typedAhead;
	}
}
