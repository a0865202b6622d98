import {zeroize} from '../../installation/pair-files.js';
import {exitCodes} from '../../exit-codes.js';
import {checkTarget} from '../../installation/check-target.js';
import {installedOn, requiredNames, type HostTarget} from '../../installation/host-target.js';
import {hostTarget} from '../../installation/target.js';
import {sanitise} from '../../sanitise.js';
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
	const files = new Intl.ListFormat('en').format(new Set(Object.values(installedOn(target))));
	const where = target.probes.map(
		({host, port, name, starttls}) => `${name} at ${host}:${port}${starttls ? ` (STARTTLS: ${starttls})` : ''}`,
	);
	return [
		`${target.name}${target.title === undefined ? '' : `: ${sanitise(target.title)}`}`,
		`  ${target.apply} ${target.unit} after a change of ${sanitise(files)}`,
		...where.map(line => `  proven by ${sanitise(line)}`),
	];
}

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
	const looked = await checkTarget(hostSite([target]), hostTarget(target));
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
