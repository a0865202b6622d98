// The console's end: shows on a front end what the service of a session says, and sends back what is answered.
import {Cancelled, type Conversation} from '../conversation.js';
import type {Ending} from '../ending.js';
import type {FrontEnd, SessionConversation} from '../front-end.js';
import type {ConsoleMessage, ServiceMessage} from './messages.js';

type Asked = ServiceMessage & {id: number};

/** Work in progress, and the step that shows it. */
type Work = {end: PromiseWithResolvers<void>; step: Promise<unknown>};

/** Shows one session. */
export class SessionView {
	readonly #ended = Promise.withResolvers<Ending>();
	readonly #work = new Map<number, Work>();
	/** Settled when the messages so far are shown. */
	#shown: Promise<void> = Promise.resolve();
	#isOver = false;
	#fault: unknown;
	#conversation: SessionConversation | undefined;
	#idle: Disposable | undefined;
	#addFollowed: (lines: readonly string[]) => void = () => {};

	constructor(
		private readonly frontEnd: FrontEnd,
		private readonly send: (message: ConsoleMessage) => void,
	) {}

	/** What ended the console, if that was a fault of its own. */
	get fault(): unknown {
		return this.#fault;
	}

	/** Resolves when the session has ended. Never rejects. */
	get ended(): Promise<Ending> {
		return this.#ended.promise;
	}

	/** The service has ended without ending the session: says so, and waits for Enter. */
	lost(): void {
		if (this.#isOver) {
			return;
		}

		this.#then(async () => {
			for (const id of this.#work.keys()) {
				await this.#end(id, false);
			}

			await this.#sayLost();
		});
	}

	/** Shows a message when those before it are shown. Those of a command are not for it. */
	receive(message: ServiceMessage): void {
		this.#isOver ||= message.type === 'ended';
		this.#then(async () => this.#take(message));
	}

	/** Does this when what came before is shown. A fault of the console ends it. */
	#then(work: () => Promise<void>): void {
		this.#shown = this.#shown.then(work).catch((error: unknown) => this.#fail(error));
	}

	#fail(error: unknown): void {
		this.#fault = error;
		this.#ended.resolve('crashed');
	}

	async #take(message: ServiceMessage): Promise<void> {
		switch (message.type) {
			case 'signed-in': {
				return this.frontEnd.signedIn({name: message.name, role: message.role});
			}

			case 'idle-limit': {
				this.#idle?.[Symbol.dispose]();
				this.#idle = this.frontEnd.hangUpWhenIdle(message.seconds);
				return;
			}

			case 'conversation': {
				this.#conversation = this.frontEnd.conversation(message.title);
				return;
			}

			case 'followed': {
				return this.#addFollowed(message.lines);
			}

			case 'begun': {
				return this.#begin(message.id, message.title);
			}

			case 'done': {
				return this.#end(message.id, message.ok);
			}

			case 'ended': {
				this.#idle?.[Symbol.dispose]();
				return this.#ended.resolve(message.ending);
			}

			default: {
				return 'id' in message ? void this.#answer(message) : this.#show(message);
			}
		}
	}

	#show(message: ServiceMessage): void {
		const conversation = this.#conversation;
		if (message.type === 'print') {
			conversation?.print(message.text, message.tone);
		} else if (message.type === 'table') {
			conversation?.table(message.rows, message.heads, message.bad);
		} else if (message.type === 'copy') {
			conversation?.copy?.(message.text);
		}
	}

	#begin(id: number, title: string | undefined): void {
		const end = Promise.withResolvers<void>();
		const untilDone = async () => end.promise;
		const conversation = title === undefined ? undefined : this.#conversation;
		const step = conversation ? conversation.step(title!, untilDone) : this.frontEnd.during(untilDone);
		this.#work.set(id, {end, step});
	}

	/** Resolves when it is shown that the work has ended. Why it failed is told by what follows. */
	async #end(id: number, ok: boolean): Promise<void> {
		const work = this.#work.get(id);
		this.#work.delete(id);
		if (ok) {
			work?.end.resolve();
		} else {
			work?.end.reject(new Error('The work failed.'));
		}

		await work?.step.catch(() => {});
	}

	async #answer(message: Asked): Promise<void> {
		const {id} = message;
		const typedAhead = () => this.#conversation?.typedAhead ?? '';
		try {
			const value = await this.#ask(message);
			const highlighted = message.type === 'menu' ? this.frontEnd.highlighted(message.path) : [];
			this.send({type: 'answer', id, ...(value !== undefined && {value}), typedAhead: typedAhead(), highlighted: [...highlighted]});
		} catch (error) {
			if (!(error instanceof Cancelled)) {
				this.#fail(error);
				return;
			}

			const {hungUp} = this.frontEnd;
			this.send({type: 'cancelled', id, typedAhead: typedAhead(), ...(hungUp && {hungUp})});
		}
	}

	async #ask(message: Asked): Promise<string | boolean | undefined | void> {
		if (message.type === 'menu') {
			const {path, last, notice, certificate} = message;
			return this.frontEnd.menu({path, last, notice}, certificate);
		}

		if (message.type === 'crash') {
			return this.frontEnd.crash(message.reference);
		}

		return this.#conversation && this.#askIn(this.#conversation, message);
	}

	async #askIn(conversation: Conversation, message: Asked): Promise<string | boolean | undefined | void> {
		switch (message.type) {
			case 'ask': {
				const {prompt, isLineOfText, isAnsweredBeside} = message;
				return conversation.ask(prompt, {isLineOfText, isAnsweredBeside});
			}

			case 'secret': {
				return conversation.secret(message.prompt, {isAnsweredBeside: message.isAnsweredBeside});
			}

			case 'confirm': {
				return conversation.confirm(message.prompt, message.word);
			}

			case 'choose': {
				return conversation.choose(
					message.prompt,
					message.choices.map(({key, label}) => ({key, label, value: key})),
				);
			}

			case 'pause': {
				return conversation.pause();
			}

			default: {
				return this.#follow(conversation);
			}
		}
	}

	async #follow(conversation: Conversation): Promise<void> {
		return conversation.follow(async (add, signal) => {
			this.#addFollowed = lines => void add(lines);
			const stopped = Promise.withResolvers<void>();
			signal.addEventListener('abort', () => stopped.resolve(), {once: true});
			await stopped.promise;
			this.#addFollowed = () => {};
		});
	}

	async #sayLost(): Promise<void> {
		const conversation = this.frontEnd.conversation('Session Ended');
		conversation.print('The service that ran this session has ended.', 'bad');
		conversation.print('An installation that it had begun is finished or undone by the host itself. Sign in again to see the result: 2-H.');
		await conversation.pause().catch(() => {});
		this.#ended.resolve('lost');
	}
}
