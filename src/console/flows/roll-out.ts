// The part of a rollout that the menu and the command line share: checks on all servers, one question, the rollout, and what is true then.
import {audit} from '../../appliance/audit.js';
import type {ArrayMember} from '../../appliance/array.js';
import {stamp} from '../../appliance/stamp.js';
import {askerOf} from '../../array/order.js';
import {checkServers, obstaclesIn, rolloutOf, serversOf, type CheckedServer, type PairFiles} from '../../array/plan-rollout.js';
import {carryOn, lockRollout, undoRollout} from '../../array/rollout.js';
import type {Wanted} from '../../array/rollout-run.js';
import type {Credentials} from '../../array/pair-calls.js';
import {assertNoRollout, isChanged, removeRollout, writeRollout, type Rollout} from '../../array/stored-rollout.js';
import {removeSources} from '../../installation/pair-sources.js';
import {messageOf, messageWithHint, Problem} from '../../problem.js';
import type {Conversation, YesWord} from '../conversation.js';
import {userOf, type ConsoleSession} from '../environment.js';
import {askCredentials} from './console-credentials.js';
import {describeRollout, outcomeOf, sentences} from './describe-rollout.js';
import {printFindingList} from './print-findings.js';

export type RolloutOptions = {
	/** The servers in the order in which they are changed, each with the files of its pair. */
	wanted: ReadonlyArray<{member: ArrayMember; files: PairFiles}>;
	onFailure: Rollout['onFailure'];
	isCompromised: boolean;
	dryRun: boolean;
	yes: YesWord;
};

/** How a rollout ended, or why it did not begin: one word for programs, and sentences. */
export type RolledOut = {
	outcome: 'refused' | 'declined' | 'dry-run' | 'nothing-to-do' | 'installed' | 'stopped' | 'undone' | 'unknown' | 'needs-hands';
	told: string[];
	checked?: readonly CheckedServer[];
	rollout?: Rollout;
};

/** Checks the pairs on all servers and, once that is confirmed, replaces them. Rejects as checkServers() and carryOn() do. */
export async function rollOut(conversation: Conversation, session: ConsoleSession, options: RolloutOptions): Promise<RolledOut> {
	const {wanted, isCompromised, dryRun, yes} = options;
	await assertNoRollout(session.layout);
	const checked = await conversation.step(`Check the pair on ${countOf(wanted.length)}`, async () =>
		checkServers(session, wanted, askerOf(session), !isCompromised),
	);
	printChecks(conversation, checked);
	const obstacles = obstaclesIn(checked);
	if (obstacles.length > 0) {
		return {outcome: 'refused', told: ['Not begun. Nothing was changed on any server.', ...obstacles], checked};
	}

	if (!isCompromised && checked.every(({check}) => check?.isInstalled)) {
		return {outcome: 'nothing-to-do', told: ['All servers have their pairs already. Nothing to do.'], checked};
	}

	conversation.print(planOf(options));
	if (dryRun) {
		return {outcome: 'dry-run', told: ['Dry run. Nothing was changed.'], checked};
	}

	if (!(await conversation.confirm(`Replace the pair on ${countOf(wanted.length)}?`, yes))) {
		return {outcome: 'declined', told: ['Nothing was changed.'], checked};
	}

	return {...(await begin(conversation, session, options, checked)), checked};
}

async function begin(
	conversation: Conversation,
	session: ConsoleSession,
	{onFailure, isCompromised}: RolloutOptions,
	checked: readonly CheckedServer[],
): Promise<RolledOut> {
	const {layout} = session;
	const names = checked.map(({member}) => member.name);
	const credentials = isCompromised ? await askTriedCredentials(conversation, session, names) : undefined;
	await using _lock = await lockRollout(session);
	await assertNoRollout(layout);
	const by = userOf(session);
	const rollout = rolloutOf(checked, {id: stamp(session.now()), ...by, onFailure, isCompromised});
	await audit(layout, {event: 'rollout-began', ...by, rollout: rollout.id, servers: rollout.servers.map(({name}) => name)});
	await writeRollout(layout, rollout);
	return await conclude(session, await carryOn(session, wantedOf(conversation, session, rollout.id, credentials)));
}

/** Tries each password, so that a wrong one is known before anything is changed. Rejects with Problem `registration-refused`. */
async function askTriedCredentials(conversation: Conversation, session: ConsoleSession, names: readonly string[]): Promise<Credentials> {
	const servers = (await serversOf(session)).filter(({name}) => names.includes(name));
	const {username, passwords} = await askCredentials(conversation, names);
	const ask = askerOf(session);
	const refusals = await conversation.step('Try the passwords', async () =>
		Promise.all(
			servers.map(async server =>
				ask(server, 'sign-in', {username, password: passwords[server.name] ?? ''}).then(
					() => [],
					(error: unknown) => [`${server.name}: ${messageWithHint(error)}`],
				),
			),
		),
	);
	const told = refusals.flat();
	if (told.length > 0) {
		throw new Problem('registration-refused', ['Nothing was changed on any server.', ...told].join('\n'));
	}

	return {username, passwords};
}

function wantedOf(conversation: Conversation, session: ConsoleSession, id: string, credentials?: Credentials): Wanted {
	return {id, by: userOf(session), report: async (title, work) => conversation.step(title, work), credentials};
}

/** Carries on a rollout that was interrupted, and tries again what failed. Rejects as carryOn() does. */
export async function resumeRollout(
	conversation: Conversation,
	session: ConsoleSession,
	{id, isCompromised, servers}: Rollout,
): Promise<RolledOut> {
	const names = servers.filter(server => !isChanged(server)).map(({name}) => name);
	const credentials = isCompromised ? await askTriedCredentials(conversation, session, names) : undefined;
	await using _lock = await lockRollout(session);
	return await conclude(session, await carryOn(session, wantedOf(conversation, session, id, credentials)));
}

/** Puts the old pairs of a rollout back, once that is confirmed. Rejects as undoRollout() does. */
export async function putBack(conversation: Conversation, session: ConsoleSession, {id, servers}: Rollout): Promise<RolledOut> {
	const names = servers.filter(({isOrdered}) => isOrdered).map(({name}) => name);
	if (!(await conversation.confirm(`Put the old pairs back on ${names.join(', ')}?`, 'yes'))) {
		return {outcome: 'declined', told: ['Nothing was changed.']};
	}

	await using _lock = await lockRollout(session);
	return await conclude(session, await undoRollout(session, wantedOf(conversation, session, id)));
}

/** Forgets a rollout; its servers stay as they are. Rejects with Problem `locked` while it is carried out. */
export async function forgetRollout(session: ConsoleSession, {id}: Rollout): Promise<void> {
	await using _lock = await lockRollout(session);
	await audit(session.layout, {event: 'rollout-forgotten', ...userOf(session), rollout: id});
	await removeRollout(session.layout);
}

function countOf(servers: number): string {
	return servers === 1 ? '1 Tanium Server' : `${servers} Tanium Servers`;
}

function printChecks(conversation: Conversation, checked: readonly CheckedServer[]): void {
	const day = (moment: string | undefined) => moment?.slice(0, 10) ?? 'unreadable';
	const rows = checked.map(({member, check, problem}) => [
		member.name,
		day(check?.old?.notAfter),
		check?.isInstalled ? 'is installed' : day(check?.new?.notAfter),
		check?.moduleServer ?? '',
		problem === undefined ? verdictOf(check) : 'does not answer',
	]);
	const bad = checked.flatMap((one, index) => (obstaclesIn([one]).length > 0 ? [index + 1] : []));
	conversation.table([['Server', 'Old until', 'New until', 'Module Server', 'Check'], ...rows], true, bad);
	printFindings(conversation, checked);
}

function verdictOf(check: CheckedServer['check']): string {
	const [errors, warnings] = ['error', 'warning'].map(wanted => check?.findings.filter(({severity}) => severity === wanted).length ?? 0);
	return errors! > 0
		? `${errors} error${errors === 1 ? '' : 's'}`
		: warnings! > 0
			? `${warnings} warning${warnings === 1 ? '' : 's'}`
			: 'good';
}

/** Each finding once, with the servers that it is about when it is not about all. */
function printFindings(conversation: Conversation, checked: readonly CheckedServer[]): void {
	const keyOf = ({id, file, message}: {id: string; file?: string | undefined; message: string}) => `${id} ${file} ${message}`;
	const all = new Map(checked.flatMap(({check}) => check?.findings ?? []).map(finding => [keyOf(finding), finding]));
	const found = [...all].map(([key, {file, ...finding}]) => {
		const on = checked.filter(({check}) => check?.findings.some(one => keyOf(one) === key)).map(({member}) => member.name);
		const where = [...(file === undefined ? [] : [file]), ...(on.length === checked.length ? [] : on)].join(', ');
		return {...finding, ...(where !== '' && {file: where})};
	});
	printFindingList(conversation, found);
}

function planOf({wanted, onFailure, isCompromised}: RolloutOptions): string {
	const [first, ...others] = wanted.map(({member}) => member.name);
	const order = others.length === 0 ? `Server: ${first}.` : `Order: ${first} alone, then ${others.join(', ')}.`;
	const trust = isCompromised
		? 'Each Module Server is registered again after its server; until then the two do not trust each other.'
		: 'Each Module Server trusts both certificates until the new one is proven.';
	const failure = onFailure === 'undo' ? 'the servers that are changed get their old pairs back' : 'the servers that are changed stay so';
	return `${order} ${trust} When a server fails, the rollout stops, and ${failure}.`;
}

async function conclude({layout}: ConsoleSession, rollout: Rollout): Promise<RolledOut> {
	const outcome = outcomeOf(rollout);
	const told = [sentences[outcome], ...describeRollout(rollout)];
	if (outcome !== 'installed') {
		return {outcome, told, rollout};
	}

	const sources = rollout.servers.flatMap(({certificate, key}) => [certificate, key]);
	const uploaded = sources.filter(({file}) => file.startsWith(`${layout.incoming}/`) || file.startsWith(`${layout.requests}/`));
	const failed = await removeSources({origins: uploaded}).then(
		() => [],
		(error: unknown) => [`The files in /incoming could not be removed: ${messageOf(error)}`],
	);
	const left = new Set(
		rollout.servers
			.map(({key}) => key)
			.filter(key => !uploaded.includes(key) && key.file !== layout.soapKey)
			.map(({file}) => file),
	);
	return {outcome, told: [...told, ...failed, ...[...left].map(file => `Delete this copy of the key: ${file}`)], rollout};
}
