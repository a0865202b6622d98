// The servers of a rollout one after another: what is ordered, when, and what is kept of it.
import {randomUUID} from 'node:crypto';
import type {ArrayMember} from '../appliance/array.js';
import {auditOrKeep} from '../appliance/audit.js';
import type {By} from '../appliance/by.js';
import type {Site} from '../installation/change.js';
import type {Report} from '../installation/undo.js';
import {messageOf, Problem} from '../problem.js';
import {sanitise} from '../sanitise.js';
import type {AskMember} from './channel.js';
import {memberIn, ownArray} from './membership.js';
import {askerOf, giveOrder, outcomeOfOrder} from './order.js';
import type {ChangeAnswer, Credentials, Progress, SentPair} from './pair-calls.js';
import {readAgain} from './plan-rollout.js';
import {asPresented} from './presented.js';
import {
	assertChanged,
	assertKnown,
	isChanged,
	isUndone,
	needsHands,
	storedRollout,
	wasInstalled,
	writeRollout,
	type Rollout,
	type RolloutServer,
} from './stored-rollout.js';

/** A stored rollout, and who wants it carried on. */
export type Wanted = {
	/** The id of the stored rollout as it was seen before the lock was taken. */
	id: string;
	by: By;
	report: Report;
	credentials?: Credentials | undefined;
};

type Ordered = {server: RolloutServer; ended: Promise<void>};

/** One run over the servers of the stored rollout: carryOn() and undoRollout() say in which order its methods are called. */
export class Run {
	readonly #ask: AskMember;
	#unsettled: Ordered[] = [];
	/** Servers that failed in an earlier run and were not tried again yet. */
	readonly #toRetry = new Set<RolloutServer>();
	#saving = Promise.resolve();

	private constructor(
		private readonly site: Site,
		readonly rollout: Rollout,
		private readonly members: readonly ArrayMember[],
		private readonly wanted: Wanted,
	) {
		this.#ask = askerOf(site);
	}

	static async of(site: Site, wanted: Wanted): Promise<Run> {
		const rollout = await storedRollout(site.layout);
		if (rollout.id !== wanted.id) {
			throw new Problem('stale', 'Another rollout has begun since then.', 'See: soap rollout --status');
		}

		const {members} = await ownArray(site.layout);
		const servers = rollout.servers.map(server => ({...server, problem: null})); // They are asked again.
		return new Run(site, {...rollout, servers, ended: null}, members, wanted);
	}

	/** Asks how the orders ended of which nobody has told, and notes which servers are to be tried again. */
	async learnOutcomes(): Promise<void> {
		for (const server of this.rollout.servers.filter(({isOrdered, answer}) => isOrdered && answer === null)) {
			await this.#step(`${server.name}: ask how the installation ended`, async () => {
				server.answer = await this.#told(server, async member => outcomeOfOrder(this.#ask, member, server.operation));
				if (this.rollout.isCompromised && server.answer && wasInstalled(server)) {
					server.answer = {...server.answer, lacks: 'It is not known whether its Module Server was registered.'} as ChangeAnswer;
				}

				await this.#save();
				assertKnown(server);
			});
		}

		for (const server of this.rollout.servers.filter(one => one.answer !== null && !isChanged(one) && !needsHands(one))) {
			this.#toRetry.add(server);
		}
	}

	async changeAll(): Promise<void> {
		try {
			for (const server of this.rollout.servers.filter(one => !isChanged(one))) {
				await this.#makeRoomFor(server);
				if (this.#failed) {
					break;
				}

				await this.#change(server);
			}
		} finally {
			await this.#settleAll(this.#unsettled);
		}

		if (this.#failed && this.rollout.onFailure === 'undo' && !this.#isUnknown) {
			await this.#save({isUndoing: true});
		}
	}

	/** Whether an order failed, or nobody told how it ended. */
	get #failed(): boolean {
		return this.#isUnknown || this.rollout.servers.some(one => one.answer !== null && !isChanged(one) && !this.#toRetry.has(one));
	}

	/** Whether a server must be asked again before the rollout has ended. */
	get #isUnknown(): boolean {
		const isRunning = (one: RolloutServer) => this.#unsettled.some(({server}) => server === one);
		return this.rollout.servers.some(one => one.problem !== null || (one.isOrdered && one.answer === null && !isRunning(one)));
	}

	/** Waits until a server may be changed beside those that are not settled yet. */
	async #makeRoomFor(server: RolloutServer): Promise<void> {
		const [first] = this.rollout.servers;
		const mustSettle = this.#unsettled.filter((one, index) => {
			const isOldest = index === 0 && this.#unsettled.length >= 2;
			return one.server === first || one.server.moduleServer === server.moduleServer || isOldest;
		});
		await this.#settleAll(mustSettle);
	}

	async #settleAll(ordered: readonly Ordered[]): Promise<void> {
		for (const {server, ended} of ordered.filter(one => one.server.answer === null || isChanged(one.server))) {
			await this.#step(`${server.name}: verify again, retire the old certificate`, async () => {
				await ended;
				assertChanged(server);
			});
		}

		this.#unsettled = this.#unsettled.filter(one => !ordered.includes(one));
	}

	/** Resolves once the new certificate is proven on this server, or the order has ended otherwise. */
	async #change(server: RolloutServer): Promise<void> {
		await this.#step(`${server.name}: replace the pair, and prove it over TLS`, async () => {
			const proven = Promise.withResolvers<void>();
			const ended = this.#install(server, await this.#pairFor(server), () => proven.resolve());
			this.#unsettled.push({server, ended});
			ended.then(proven.resolve, proven.reject);
			await proven.promise;
			if (server.answer !== null || server.problem !== null) {
				assertChanged(server);
			}
		});
	}

	/** Its files may have changed since they were checked. */
	async #pairFor(server: RolloutServer): Promise<SentPair> {
		try {
			return await readAgain(this.site.layout, server);
		} catch (error) {
			server.problem = messageOf(error);
			await this.#save();
			throw error;
		}
	}

	async #install(server: RolloutServer, pair: SentPair, onProven: () => void): Promise<void> {
		if (this.#toRetry.delete(server) && !wasInstalled(server)) {
			server.operation = randomUUID(); // The outcome of the order before is final.
		}

		Object.assign(server, {isOrdered: true, answer: null});
		await this.#save();
		const [{operation, name}, {credentials}] = [server, this.wanted];
		const registering = credentials && {username: credentials.username, password: credentials.passwords[name] ?? ''};
		const body = {operation, pair, overlap: !this.rollout.isCompromised, credentials: registering};
		const onProgress = ({proven}: Progress) => (proven ? onProven() : undefined);
		server.answer = await this.#told(server, async member =>
			asPresented(member, server.new, await giveOrder(this.#ask, member, {word: 'install', body}, onProgress)),
		);
		await this.#save();
	}

	/** Null when it cannot be learnt how the order ended; the reason is then that of the server. */
	async #told(server: RolloutServer, work: (member: ArrayMember) => Promise<ChangeAnswer>): Promise<ChangeAnswer | null> {
		try {
			server.problem = null;
			return await work(memberIn(this.members, server.name));
		} catch (error) {
			server.problem = sanitise(messageOf(error));
			return null;
		}
	}

	/** Puts the old pairs back, the last one that was changed first. */
	async undoAll(): Promise<void> {
		await this.#save({isUndoing: true});
		for (const server of this.rollout.servers.toReversed().filter(one => wasInstalled(one) && !isUndone(one))) {
			await this.#undo(server);
		}
	}

	async #undo(server: RolloutServer): Promise<void> {
		if (server.undone !== null) {
			server.undoOperation = randomUUID(); // The outcome of the order before is final.
		}

		const backup = server.answer?.state === 'ended' ? server.answer.change! : '';
		const body = {operation: server.undoOperation, backup, replaces: server.new, overlap: true};
		await this.#step(`${server.name}: put the old pair back`, async () => {
			server.undone = await this.#told(server, async member => giveOrder(this.#ask, member, {word: 'restore', body}));
			await this.#save();
			if (!isUndone(server)) {
				throw new Problem('not-undone', server.problem ?? 'Its old pair is not back.');
			}
		});
	}

	/** A step that fails does not end the run: what failed stands in the rollout. */
	async #step(title: string, work: () => Promise<void>): Promise<void> {
		try {
			await this.wanted.report(title, work);
		} catch (error) {
			if (!(error instanceof Problem)) {
				throw error;
			}
		}
	}

	/** One after another, so that no older state is written last. */
	async #save(changed: Partial<Rollout> = {}): Promise<void> {
		Object.assign(this.rollout, changed);
		const now = structuredClone(this.rollout);
		const saved = this.#saving.catch(() => {}).then(async () => writeRollout(this.site.layout, now));
		this.#saving = saved;
		await saved;
	}

	async finish(): Promise<Rollout> {
		const {id, servers} = this.rollout;
		await this.#save(this.#isUnknown ? {} : {ended: new Date().toISOString()});
		await auditOrKeep(this.site.layout, {
			event: 'rollout-ended',
			...this.wanted.by,
			rollout: id,
			servers: servers.map(({name, answer}) => `${name}: ${answer?.state === 'ended' ? answer.outcome : 'unknown'}`),
		});
		return this.rollout;
	}
}
