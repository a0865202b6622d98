import {zeroize} from '../../installation/pair-files.js';
import {fingerprintOf} from '../../certificates/parse/pem.js';
import {presentedChain} from '../../certificates/parse/presented-chain.js';
import {exitCodes} from '../../exit-codes.js';
import {assertNoLinks} from '../../installation/assert-no-links.js';
import {readInstalled} from '../../installation/change.js';
import {endpointsOf, installedOn, requiredNames, type HostTarget} from '../../installation/host-target.js';
import {assertNoJournal} from '../../installation/journal.js';
import {pairFault} from '../../installation/pair-fault.js';
import {hostTarget} from '../../installation/target.js';
import {messageWithHint, problemIn} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import {beginsWith, presentedFingerprints} from '../../services/probe.js';
import {findingLines} from '../certificate/finding-lines.js';
import {print, UsageError, type Command} from '../command.js';
import {hostCheckDefinition, hostTargetsDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';
import {checkNewPair} from './check-pair.js';
import {hostLayout, hostSite} from './site.js';
import {describedTargets, readTarget} from './targets.js';

/** `tanos host targets`. */
export const hostTargets: Command = async words => {
	const {values} = parseCall(hostTargetsDefinition, words);
	const all = await describedTargets(hostLayout);
	const isValid = all.every(one => 'target' in one);
	if (values.json) {
		print(JSON.stringify(all.map(one => ('target' in one ? one.target : {name: one.name, problem: one.problem.message}))));
	} else if (all.length === 0) {
		print(`There is no target in ${hostLayout.targets}. docs/host.md has examples.`);
	} else {
		print(...all.flatMap(one => ('target' in one ? inLines(one.target) : [`${one.name}: ${sanitise(one.problem.message)}`])));
	}

	return isValid ? exitCodes.done : exitCodes.no;
};

function inLines(target: HostTarget): string[] {
	const files = [...new Set(Object.values(installedOn(target)))].join(' and ');
	const where = target.probes.map(
		({host, port, name, starttls}) => `${name} at ${host}:${port}${starttls ? ` (STARTTLS: ${starttls})` : ''}`,
	);
	return [
		`${target.name}${target.title === undefined ? '' : `: ${sanitise(target.title)}`}`,
		`  ${target.apply} ${target.unit} after a change of ${sanitise(files)}`,
		...where.map(line => `  proven by ${sanitise(line)}`),
	];
}

/** One thing that was looked at; `problem` says what is wrong with it. */
type Looked = {what: string; problem?: string};

/** `tanos host check TARGET [CRT KEY]`. */
export const hostCheck: Command = async words => {
	const {
		values,
		arguments: {TARGET: name, CRT: certificate, KEY: key},
	} = parseCall(hostCheckDefinition, words);
	if (certificate !== undefined && key === undefined) {
		throw new UsageError('A certificate file needs its key file: tanos host check TARGET CRT KEY');
	}

	const target = await readTarget(hostLayout, name);
	const looked = await lookAt(target);
	const checked = certificate === undefined || key === undefined ? undefined : await checkNewPair(target, {certificate, key});
	if (checked?.fresh) {
		zeroize(checked.fresh);
	}

	const ok = looked.every(({problem}) => problem === undefined) && (checked?.result.ok ?? true);
	const findings = checked?.result.findings;
	print(
		...(values.json
			? [JSON.stringify({ok, target: name, checks: looked, ...(findings && {findings})})]
			: [
					...looked.map(({what, problem}) => (problem === undefined ? `ok      ${what}` : `failed  ${what}: ${sanitise(problem)}`)),
					...(findings ? findingLines(findings, requiredNames(target)) : []),
				]),
	);
	return ok ? exitCodes.done : exitCodes.no;
};

async function lookAt(target: HostTarget): Promise<Looked[]> {
	const {services} = hostSite(target);
	const chain: string[] = [];
	return [
		await look(`${target.unit} can be controlled`, async () => services.check(target.unit)),
		await look(`${target.unit} is running`, async () => ((await services.state(target.unit)).running ? undefined : 'it is not running.')),
		await look('the installed pair can be loaded', async () => {
			const pair = await readInstalled(hostLayout, hostTarget(target));
			const fault = pairFault(pair);
			chain.push(...presentedChain(pair.certificate).map(der => fingerprintOf(der)));
			zeroize(pair);
			return fault;
		}),
		await look('the installed files are no links', async () => assertNoLinks(hostLayout, hostTarget(target))),
		await look('no installation was interrupted', async () => assertNoJournal(hostLayout)),
		...(await Promise.all(
			endpointsOf(target).map(async where =>
				look(`${where.servername} at ${where.host}:${where.port} presents the installed certificate`, async () => {
					const presented = await presentedFingerprints(where);
					return beginsWith(presented, chain) ? undefined : `it presents SHA-256 ${presented.join(', ')}.`;
				}),
			),
		)),
	];
}

async function look(what: string, work: () => Promise<string | undefined | void>): Promise<Looked> {
	try {
		const problem = await work();
		return typeof problem === 'string' ? {what, problem} : {what};
	} catch (error) {
		if (!problemIn(error)) {
			throw error;
		}

		return {what, problem: messageWithHint(error)};
	}
}
