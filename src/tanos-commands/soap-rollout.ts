// soap rollout: the pairs of several Tanium Servers of an array, as one change.
import path from 'node:path';
import {serversOf, type PairFiles} from '../array/plan-rollout.js';
import {storedRollout, type Rollout} from '../array/stored-rollout.js';
import type {ArrayMember} from '../appliance/array.js';
import {formatMoment} from '../appliance/stamp.js';
import {describeRollout} from '../console/flows/describe-rollout.js';
import {forgetRollout, putBack, resumeRollout, rollOut, type RolledOut} from '../console/flows/roll-out.js';
import {keyFileFor} from '../console/flows/known-keys.js';
import type {ConsoleSession} from '../console/environment.js';
import {exitCodes} from '../exit-codes.js';
import {Problem} from '../problem.js';
import {escapeJson} from '../sanitise.js';
import {usage, type Command, type Context} from './command.js';

type Words = {
	positional: string[];
	members: Array<{name: string; files: string[]}>;
	onFailure: Rollout['onFailure'];
	isCompromised: boolean;
	dryRun: boolean;
};

/** What is done with a rollout that is there already, by its option. */
const existing: Record<string, (context: Context) => Promise<number>> = {
	'--status': showRollout,
	'--resume': async context =>
		end(context, await resumeRollout(context.conversation, context.session, await storedRollout(context.session.layout))),
	'--undo': async context =>
		end(context, await putBack(context.conversation, context.session, await storedRollout(context.session.layout)), exitCodes.done),
	'--forget': forget,
};

async function rollOutPairs(context: Context): Promise<number> {
	const {words, session, conversation} = context;
	const [option = '', ...more] = words.map(word => word.toLowerCase());
	const work = more.length === 0 && Object.hasOwn(existing, option) ? existing[option] : undefined;
	if (work) {
		return work(context);
	}

	const {positional, members, ...options} = wordsIn(words);
	const wanted = await wantedFrom(session, positional, members);
	return end(context, await rollOut(conversation, session, {...options, wanted, yes: 'yes'}));
}

function wordsIn(words: readonly string[]): Words {
	const found: Words = {positional: [], members: [], onFailure: 'keep', isCompromised: false, dryRun: false};
	const rest = [...words];
	for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
		if (!word.startsWith('--')) {
			found.positional.push(word);
		} else if (word === '--member') {
			const end = rest.findIndex(one => one.startsWith('--'));
			const [name = '', ...files] = rest.splice(0, Math.min(3, end === -1 ? 3 : end));
			found.members.push({name, files});
		} else {
			Object.assign(found, optionIn(word, rest));
		}
	}

	if (found.isCompromised && found.onFailure === 'undo') {
		throw usage('--compromised keeps the new pairs: an old key that others may have is not put back.');
	}

	return found;
}

function optionIn(word: string, rest: string[]): Partial<Words> {
	if (word === '--compromised') {
		return {isCompromised: true};
	}

	if (word === '--dry-run') {
		return {dryRun: true};
	}

	const chosen = word === '--on-failure' ? rest.shift() : undefined;
	if (chosen === 'keep' || chosen === 'undo') {
		return {onFailure: chosen};
	}

	throw usage(word === '--on-failure' ? '--on-failure takes keep or undo.' : `${word}: there is no such option here.`);
}

/** The servers with their files: those of --member, and every other one when there is a pair for all. */
async function wantedFrom(session: ConsoleSession, positional: readonly string[], named: Words['members']) {
	const servers = await serversOf(session);
	const own = await Promise.all(
		named.map(async ({name, files}) => ({member: memberIn(servers, name), files: await filesFrom(session, files)})),
	);
	const twice = own.find(({member}, index) => own.findIndex(one => one.member === member) < index);
	if (twice) {
		throw usage(`--member ${twice.member.name} is given twice.`);
	}

	if (positional.length === 0 && own.length > 0) {
		return own;
	}

	const files = await filesFrom(session, positional);
	const others = servers.filter(member => !own.some(one => one.member === member));
	const all = [...own, ...others.map(member => ({member, files}))];
	return servers.flatMap(member => all.filter(one => one.member === member));
}

function memberIn(servers: readonly ArrayMember[], name: string): ArrayMember {
	const member = servers.find(one => one.name === name.toLowerCase());
	if (!member) {
		throw new Problem(
			'no-member',
			`${name === '' ? '--member without a name' : name} is no member with a Tanium Server.`,
			`Members: ${servers.map(one => one.name).join(', ')}.`,
		);
	}

	return member;
}

/** Over SSH, names in /incoming; on the appliance itself, paths. */
async function filesFrom(session: ConsoleSession, [certificate, key, ...more]: readonly string[]): Promise<PairFiles> {
	if (certificate === undefined || more.length > 0) {
		throw usage('Say: soap rollout CERTIFICATE KEY, or --member NAME CERTIFICATE KEY for each server.');
	}

	const files = {certificate: fileFrom(session, certificate), key: fileFrom(session, key ?? 'SOAPServer.key')};
	return key === undefined ? {...files, key: await keyFileFor(session, files.certificate, files.key)} : files;
}

function fileFrom({from, layout}: ConsoleSession, word: string): string {
	if (from === 'local') {
		return path.resolve(word);
	}

	if (!/^[^./][^/]*$/.test(word)) {
		throw usage(`${word}: over SSH, name a file in /incoming, without a folder.`);
	}

	return path.join(layout.incoming, word);
}

async function showRollout({session, json, print}: Context): Promise<number> {
	const rollout = await storedRollout(session.layout);
	const state = rollout.ended === null ? 'not finished' : `ended ${formatMoment(rollout.ended)}`;
	print(
		...(json
			? [escapeJson(JSON.stringify({rollout}))]
			: [`Rollout ${rollout.id} by ${rollout.user}, ${state}`, ...describeRollout(rollout)]),
	);
	return exitCodes.done;
}

async function forget({session, json, print}: Context): Promise<number> {
	const rollout = await storedRollout(session.layout);
	await forgetRollout(session, rollout);
	print(json ? JSON.stringify({forgotten: rollout.id}) : `The rollout ${rollout.id} is forgotten. No server was touched.`);
	return exitCodes.done;
}

const codeOf: Partial<Record<RolledOut['outcome'], number>> = {
	installed: exitCodes.done,
	'dry-run': exitCodes.done,
	'nothing-to-do': exitCodes.done,
	'needs-hands': exitCodes.manualIntervention,
	unknown: exitCodes.manualIntervention,
};

/** `undone` is the exit code for that outcome: what was asked for, or not. */
function end({json, print}: Context, {outcome, told, checked, rollout}: RolledOut, undone: number = exitCodes.no): number {
	const servers = checked?.map(({member: {name}, check, problem}) => ({name, problem: problem ?? null, ...check}));
	print(...(json ? [escapeJson(JSON.stringify({outcome, told, checked: servers, rollout}))] : told));
	return outcome === 'undone' ? undone : (codeOf[outcome] ?? exitCodes.no);
}

export const rolloutCommands: readonly Command[] = [
	{
		name: 'soap rollout',
		group: 'TanOS Appliance Array',
		purpose: 'Replace the pair of every Tanium Server of the array, one after another',
		about:
			'On the manager of an array. The pair is checked on all servers before anything is changed. CERTIFICATE and KEY are '
			+ 'names in /incoming; given on the appliance itself, they are paths. Without KEY it is that of a saved request, or the '
			+ 'installed one. A server can have a pair of its own: --member NAME CERTIFICATE KEY. The first server is changed alone; '
			+ 'the next begins once the one before it is proven, and two that share a Module Server never overlap. When a server '
			+ 'fails, the rollout stops; with --on-failure undo the servers that are changed get their old pairs back. With '
			+ '--compromised, for a key that others may know, Module Servers never trust both certificates and are registered again, '
			+ 'with the passwords of the console administrators, which follow the yes on standard input. An interrupted rollout is '
			+ 'carried on with --resume, undone with --undo, or left as it is with --forget; --status shows the last one. Exit code 0 '
			+ 'installed everywhere, or with --undo put back, 1 not, 3 needs manual intervention or is not known.',
		parameters:
			'[CERTIFICATE [KEY]] [--member NAME CERTIFICATE KEY]... [--on-failure keep|undo] [--compromised] [--dry-run] '
			+ '| --status | --resume | --undo | --forget [json]',
		examples: [
			'soap rollout SOAPServer.crt SOAPServer.key --dry-run',
			'soap rollout SOAPServer.crt SOAPServer.key --on-failure undo <<< yes',
			'soap rollout --resume',
		],
		menu: 'D-5',
		roles: ['tanadmin'],
		looks: words => words.some(word => ['--dry-run', '--status'].includes(word.toLowerCase())),
		run: rollOutPairs,
	},
];
