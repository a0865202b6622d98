import {access} from 'node:fs/promises';
import {exitCodes} from '../../exit-codes.js';
import type {CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import {printingProblems, type Conversation} from '../../console/conversation.js';
import {rowsOf} from '../../console/transcript.js';
import {Problem} from '../../problem.js';
import {checkOne, inLines} from '../certificate/check.js';
import {rootsIn} from '../certificate/roots.js';
import {print} from '../command.js';
import {agrees, inConversation} from './conversation.js';
import {callFrom, moduleServerCall, serversOf, stepText, titleOf, type Plan} from './plan.js';
import {unseen, type Step} from './procedures.js';
import {chainToServe, describe, presentedNow, verifyPresented} from './proof.js';
import {labelOf, type Server} from './servers.js';

/** What each server is to present. A server that keeps its certificate is not in it. */
type Expected = ReadonlyMap<Server, readonly CertificateDescription[]>;

/** Where a person stopped; `done` when the step itself was done, and what it should lead to was not seen. */
type Stop = {index: number; done: boolean};

/** Guides a person through a procedure. Resolves with exit code 1 when it was stopped, or when the pair cannot be installed. */
export async function guide(plan: Plan): Promise<number> {
	if (plan.dryRun) {
		const texts = plan.steps.map((_, index) => stepText(plan, index));
		print(
			...rowsOf(
				[`${plan.procedure.title}.`, ...texts].map(text => ({kind: 'text', text, tone: 'plain'}) as const),
				80,
			).map(({text}) => text),
		);
		return exitCodes.done;
	}

	const expected = await checkPairs(plan);
	if (expected === undefined) {
		print('Nothing was changed.');
		return exitCodes.no;
	}

	const stop = await inConversation(async conversation => new Guide(plan, expected, conversation).run());
	print(...(stop === undefined ? nextCommand(plan) : await howToGoOn(plan, stop)));
	return stop === undefined ? exitCodes.done : exitCodes.no;
}

/** Checks each pair as `tanos certificate check` does; undefined when one cannot be installed. */
async function checkPairs({pairs, ca}: Plan): Promise<Expected | undefined> {
	const roots = ca === undefined ? {} : {ca: await rootsIn(ca)};
	const expected = new Map<Server, readonly CertificateDescription[]>();
	let ok = true;
	for (const {pair, servers} of pairs) {
		const hosts = servers.map(({host}) => host);
		const checked = await checkOne(pair, {hosts, at: new Date(), ...roots});
		print(...inLines(checked, hosts, pairs.length > 1));
		ok &&= checked.result.ok;
		for (const server of checked.result.ok ? servers : []) {
			expected.set(server, chainToServe(checked.certificate));
		}
	}

	return ok ? expected : undefined;
}

/** One walk through the steps. */
class Guide {
	readonly #proven = new Set<Server>();

	constructor(
		private readonly plan: Plan,
		private readonly expected: Expected,
		private readonly conversation: Conversation,
	) {}

	/** Resolves with where the person stopped, or undefined at the end. */
	async run(): Promise<Stop | undefined> {
		const {conversation, plan} = this;
		conversation.print(`${plan.procedure.title}.`, 'heading');
		await this.#showPresented();
		for (const [index, step] of plan.steps.entries()) {
			const stop = index < plan.from ? undefined : await this.#step(index, step);
			if (stop !== undefined) {
				return stop;
			}
		}

		const unproven = [...this.expected.keys()].filter(server => !this.#proven.has(server));
		if (!(await this.#prove(unproven))) {
			return {index: plan.steps.length - 1, done: true};
		}

		await this.#conclude();
		return undefined;
	}

	async #step(index: number, step: Step): Promise<Stop | undefined> {
		this.conversation.print(stepText(this.plan, index));
		if (!(await agrees(this.conversation, 'Press Enter when it is done, or enter no to stop:'))) {
			return {index, done: false};
		}

		return !step.proof || (await this.#prove(serversOf(this.plan, step))) ? undefined : {index, done: true};
	}

	/** What the servers present before anything is changed. One that does not answer is no reason to stop. */
	async #showPresented(): Promise<void> {
		for (const server of new Set(Object.values(this.plan.places).flat())) {
			const text = await presentedNow(server).then(
				([leaf]) => `${labelOf(server)} presents now:\n${describe(leaf)}`,
				(error: unknown) => {
					if (error instanceof Problem) {
						return error.message;
					}

					throw error;
				},
			);
			this.conversation.print(text);
		}
	}

	/** Looks until each server presents what it should, or until the person stops. */
	async #prove(servers: readonly Server[]): Promise<boolean> {
		for (const server of servers) {
			while (!(await printingProblems(this.conversation, async () => this.#proveOne(server)))) {
				if (!(await agrees(this.conversation, 'Press Enter to look again, or enter no to stop:'))) {
					return false;
				}
			}

			this.#proven.add(server);
		}

		return true;
	}

	async #proveOne(server: Server): Promise<void> {
		const chain = this.expected.get(server);
		const does = chain === undefined ? 'answers over TLS' : 'presents the new certificate and its chain';
		await this.conversation.step(`${labelOf(server)} ${does}`, async () =>
			chain === undefined ? presentedNow(server) : verifyPresented(server, chain, `${this.plan.procedure.files}.crt`),
		);
	}

	async #conclude(): Promise<void> {
		const {conversation, plan} = this;
		const seen = [...this.expected.keys()].map(server => `  ${labelOf(server)} presents the new certificate and its chain.`);
		conversation.print(['All steps are done. Seen over TLS from this machine:', ...seen].join('\n'), 'good');
		conversation.print(['Not visible from outside, so make sure of it yourself:', ...unseen.map(one => `  ${one}`)].join('\n'));
		for (const {pair} of plan.pairs) {
			if (pair.key !== undefined && (await exists(pair.key))) {
				conversation.print(`${pair.key} is still on this machine. Delete it.`, 'warning');
			}
		}
	}
}

/** Where a person who stopped stands, and the command that goes on there. A key that has been deleted meanwhile is left out of it. */
async function howToGoOn(plan: Plan, {index, done}: Stop): Promise<string[]> {
	const keys = plan.pairs.map(({pair}) => pair.key).filter(key => key !== undefined);
	const gone = (await Promise.all(keys.map(async key => ((await exists(key)) ? [] : [key])))).flat();
	return [
		'',
		`Stopped. ${titleOf(plan, index)}.`,
		standingAt(plan, {index, done}),
		done ? 'To look again:' : 'To go on with this step:',
		`  ${callFrom(plan, index, gone)}`,
		...(done && index < plan.steps.length - 1 ? ['To go on with the next step all the same:', `  ${callFrom(plan, index + 1, gone)}`] : []),
	];
}

function standingAt({steps}: Plan, {index, done}: Stop): string {
	if (done) {
		return 'It was done, but what it should lead to was not seen over TLS.';
	}

	const standing = steps.slice(0, index).findLast(step => step.standing !== undefined)?.standing;
	return index === 0 ? 'Nothing was done before it.' : `The steps before it are done.${standing === undefined ? '' : ` ${standing}`}`;
}

function nextCommand(plan: Plan): string[] {
	return plan.thenModuleServer ? ['', 'Go on with the Module Server:', `  ${moduleServerCall(plan)}`] : [];
}

async function exists(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}
