// A rollout: the pairs of several Tanium Servers are replaced one after another. The first is changed alone. After it, the next begins once
// the one before it is proven, so that their settle times overlap: at most two are unsettled, and never two that share a Module Server.
import {readArray, type ArrayMember} from '../appliance/array.js';
import {auditOrKeep} from '../appliance/audit.js';
import {lockIfFree} from '../appliance/lock.js';
import type {Site} from '../installation/change.js';
import type {Report} from '../installation/undo.js';
import {messageOf, Problem} from '../problem.js';
import type {AskMember} from './channel.js';
import {askerOf, giveOrder, outcomeOfOrder} from './order.js';
import type {ChangeAnswer, Progress} from './pair-calls.js';
import {readAgain} from './plan-rollout.js';
import {isChanged, isUndone, readRollout, wasInstalled, writeRollout, type Rollout, type RolloutServer} from './stored-rollout.js';

/** A Tanium Console administrator, with whose name and password on each Tanium Server its Module Server is registered. */
export type Credentials = {username: string; passwords: Readonly<Record<string, string>>};

/** Takes the lock under which one rollout is carried out. Rejects with Problem `locked`. */
export async function lockRollout(site: Site): Promise<AsyncDisposable> {
	const lock = await lockIfFree(site.layout, 'rollout');
	if (!lock) {
		throw new Problem('locked', 'Another session is carrying out a rollout.', 'Wait until it has ended. See: soap rollout --status');
	}

	return lock;
}

/**
 * Carries the stored rollout on, from wherever it is, until it has ended or a server fails; then the servers that are changed already are
 * kept or get their old pairs back, as was chosen. Call it under lockRollout(). Resolves with the rollout; `ended` is null when it can be
 * resumed, because the outcome of a server is not known. Rejects with Problem `no-rollout`, and as readAgain() does.
 */
export async function carryOn(site: Site, report: Report, credentials?: Credentials): Promise<Rollout> {
	const run = await Run.of(site, report, credentials);
	if (!run.rollout.isUndoing) {
		await run.changeAll();
	}

	if (run.rollout.isUndoing) {
		await run.undoAll();
	}

	return run.finish();
}

/** Puts the old pair back on each server that the stored rollout has changed, the last one first. As carryOn() otherwise. */
export async function undoRollout(site: Site, report: Report): Promise<Rollout> {
	const run = await Run.of(site, report);
	await run.learnOutcomes();
	await run.undoAll();
	return run.finish();
}

type Ordered = {server: RolloutServer; ended: Promise<void>};

class Run {
	readonly #ask: AskMember;
	#unsettled: Ordered[] = [];

	private constructor(
		private readonly site: Site,
		readonly rollout: Rollout,
		private readonly members: readonly ArrayMember[],
		private readonly report: Report,
		private readonly credentials: Credentials | undefined,
	) {
		this.#ask = askerOf(site);
	}

	static async of(site: Site, report: Report, credentials?: Credentials): Promise<Run> {
		const [rollout, array] = [await readRollout(site.layout), await readArray(site.layout)];
		if (!rollout || !array) {
			throw new Problem('no-rollout', 'There is no rollout.', 'To begin one: soap rollout CERTIFICATE KEY');
		}

		const servers = rollout.servers.map(server => ({...server, problem: null})); // They are asked again.
		return new Run(site, {...rollout, servers, ended: null}, array.members, report, credentials);
	}

	async changeAll(): Promise<void> {
		for (const server of this.rollout.servers.filter(one => !isChanged(one))) {
			await this.#makeRoomFor(server);
			if (this.#failed) {
				break;
			}

			await this.#change(server);
		}

		await this.#settleAll(this.#unsettled);
		if (this.#failed && this.rollout.onFailure === 'undo' && !this.#isUnknown) {
			await this.#save({isUndoing: true});
		}
	}

	/** Whether an order failed, or nobody told how it ended. */
	get #failed(): boolean {
		return this.#isUnknown || this.rollout.servers.some(server => server.answer !== null && !isChanged(server));
	}

	get #isUnknown(): boolean {
		return this.rollout.servers.some(({problem}) => problem !== null);
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
		for (const {server, ended} of ordered) {
			await this.#step(`${server.name}: verify again, retire the old certificate`, async () => {
				await ended;
				assertChanged(server);
			});
		}

		this.#unsettled = this.#unsettled.filter(one => !ordered.includes(one));
	}

	/** Resolves once the new certificate is proven on this server, or the order has ended otherwise. */
	async #change(server: RolloutServer): Promise<void> {
		const pair = await readAgain(this.site.layout, server);
		const {operation} = server;
		server.isOrdered = true;
		server.answer = null;
		await this.#save();
		const proven = Promise.withResolvers<void>();
		const body = {operation, pair, overlap: !this.rollout.isCompromised, credentials: this.#credentialsFor(server)};
		const onProgress = ({proven: isProven}: Progress) => {
			if (isProven) {
				proven.resolve();
			}
		};
		const ended = this.#told(server, async member => giveOrder(this.#ask, member, {word: 'install', body}, onProgress)).then(
			async answer => {
				server.answer = answer;
				await this.#save();
				proven.resolve();
			},
		);
		this.#unsettled.push({server, ended});
		await this.#step(`${server.name}: replace the pair, and prove it over TLS`, async () => {
			await proven.promise;
			if (server.answer) {
				assertChanged(server);
			}
		});
	}

	#credentialsFor({name}: RolloutServer): {username: string; password: string} | undefined {
		return this.credentials && {username: this.credentials.username, password: this.credentials.passwords[name] ?? ''};
	}

	/** Null when it cannot be learnt how the order ended; the reason is then that of the server. */
	async #told(server: RolloutServer, work: (member: ArrayMember) => Promise<ChangeAnswer>): Promise<ChangeAnswer | null> {
		try {
			server.problem = null;
			return await work(this.#memberOf(server));
		} catch (error) {
			server.problem = messageOf(error);
			return null;
		}
	}

	#memberOf({name}: RolloutServer): ArrayMember {
		const member = this.members.find(one => one.name === name);
		if (!member) {
			throw new Problem('no-member', `${name} is not a member of the array any more.`, 'Add it again, then: soap rollout --resume');
		}

		return member;
	}

	/** Asks how the orders ended of which nobody has told. */
	async learnOutcomes(): Promise<void> {
		for (const server of this.rollout.servers.filter(({isOrdered, answer}) => isOrdered && answer === null)) {
			await this.#step(`${server.name}: ask how the installation ended`, async () => {
				server.answer = await this.#told(server, async member => outcomeOfOrder(this.#ask, member, server.operation));
				await this.#save();
			});
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
		const backup = server.answer?.state === 'ended' ? server.answer.change! : '';
		const body = {operation: server.undoOperation, backup, overlap: !this.rollout.isCompromised};
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
			await this.report(title, work);
		} catch (error) {
			if (!(error instanceof Problem)) {
				throw error;
			}
		}
	}

	async #save(changed: Partial<Rollout> = {}): Promise<void> {
		Object.assign(this.rollout, changed);
		await writeRollout(this.site.layout, this.rollout);
	}

	async finish(): Promise<Rollout> {
		const {id, servers} = this.rollout;
		await this.#save(this.#isUnknown ? {} : {ended: new Date().toISOString()});
		await auditOrKeep(this.site.layout, {
			event: 'rollout-ended',
			user: this.rollout.user,
			from: this.rollout.from,
			rollout: id,
			servers: servers.map(({name, answer}) => `${name}: ${answer?.state === 'ended' ? answer.outcome : 'unknown'}`),
		});
		return this.rollout;
	}
}

function assertChanged(server: RolloutServer): void {
	if (!isChanged(server)) {
		throw new Problem('not-changed', 'The new pair is not in service there.');
	}
}
