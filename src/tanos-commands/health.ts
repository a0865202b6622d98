// create health-check and report metrics: what is watched by people and by programs.
import * as v from 'valibot';
import {askAll, ownArray} from '../array/membership.js';
import {gatherFacts} from '../health/facts.js';
import {healthSchema, reportOf, runHealthCheck, worstOf, type Health} from '../health/health-check.js';
import {metricsOf} from '../health/metrics.js';
import {exitCodes} from '../exit-codes.js';
import {sanitise} from '../sanitise.js';
import {alwaysLooks, assertNoArguments, type Command, type Context} from './command.js';

async function createHealthCheck(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, json, print} = context;
	const health = await runHealthCheck(session, session.now());
	print(...(json ? [JSON.stringify(health)] : [...reportOf(health), 'The report is in /outgoing: health.log']));
	return codeOf(health);
}

function codeOf(health: Health): number {
	return worstOf(health) === 'bad' ? exitCodes.no : exitCodes.done;
}

/** On every member; each leaves its report in its own /outgoing. */
async function createOnAll(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, json, print} = context;
	const {name} = await ownArray(session.layout);
	const answers = (await askAll(session, 'health-check')).map(({member, problem, ...state}) => {
		const parsed = v.safeParse(healthSchema, 'answer' in state ? state.answer : undefined);
		const silent = problem ?? 'It did not answer as an appliance of this release does.';
		return {member: member.name, health: parsed.success ? parsed.output : null, problem: parsed.success ? null : silent};
	});
	print(
		...(json
			? [JSON.stringify({array: name, members: answers})]
			: answers.flatMap(({member, health, problem}) => (health ? summaryOf(member, health) : [`${member}: ${problem}`]))),
	);
	return answers.every(({health}) => health && worstOf(health) !== 'bad') ? exitCodes.done : exitCodes.no;
}

function summaryOf(member: string, health: Health): string[] {
	const wrong = health.checks.filter(({state}) => state !== 'good');
	return wrong.length === 0
		? [`${member}: good`]
		: [`${member}: ${worstOf(health)}`, ...wrong.map(({name, result, fix}) => sanitise(`  ${name}: ${result}. ${fix ?? ''}`.trimEnd()))];
}

async function reportMetrics(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, print} = context;
	print(...metricsOf(await gatherFacts(session, session.now())));
	return exitCodes.done;
}

const shared = {group: 'TanOS Management', roles: ['tanadmin']} as const;

export const healthCommands: readonly Command[] = [
	{
		...shared,
		name: 'create health-check',
		purpose: 'Check the health of the appliance, and leave the report in /outgoing',
		about:
			'Checks the services, each installed pair (how long it is valid, whether it can be loaded and is served), the connections of the '
			+ 'platform, whether an installation was interrupted, the audit log, private keys in /outgoing, and the disk. The report, '
			+ 'health.log, replaces an earlier one. Exit code 0 unless something is bad, then 1.',
		parameters: '[json]',
		examples: ['create health-check', 'create health-check json'],
		menu: '3-5',
		onHost: 'host',
		run: createHealthCheck,
	},
	{
		...shared,
		name: 'report metrics',
		purpose: 'Print what monitoring watches, in the text format of Prometheus',
		about: 'For the textfile collector of the node exporter, or any program that reads this format. Nothing is changed.',
		examples: ['report metrics'],
		looks: alwaysLooks,
		onHost: 'host',
		run: reportMetrics,
	},
	{
		...shared,
		name: 'array create health-check',
		group: 'TanOS Appliance Array',
		purpose: 'Check the health of every member of the array',
		about: 'Each member leaves its report in its own /outgoing. Exit code 0 when all answer and nothing is bad, else 1.',
		parameters: '[json]',
		examples: ['array create health-check'],
		run: createOnAll,
	},
];
