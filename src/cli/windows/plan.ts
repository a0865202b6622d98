// What one call of `tanos windows` asks for: the procedure, the servers and the pairs, and its steps in words.
import {shellWord} from '../../certificates/rules/finding.js';
import {UsageError, wholeNumber} from '../command.js';
import type {NamedPair} from '../certificate/pairs.js';
import type {Condition, Place, Procedure, Step} from './procedures.js';
import {labelOf, type Server} from './servers.js';

export type Plan = {
	/** The name of the command. */
	name: string;
	procedure: Procedure;
	/** The steps of this call, in order. */
	steps: readonly Step[];
	/** The index of the step to begin with. */
	from: number;
	/** The servers of each place. It is not known where the Module Server is when only Tanium Servers get certificates. */
	places: Record<Place, readonly Server[]>;
	/** Each new pair, with the servers that are to present it. */
	pairs: ReadonlyArray<{pair: NamedPair; servers: readonly Server[]}>;
	/** The file with the root certificate to check with. */
	ca: string | undefined;
	/** Whether `tanos windows module-server` follows. */
	thenModuleServer: boolean;
	dryRun: boolean;
};

type Wish = Omit<Plan, 'steps' | 'from' | 'ca' | 'dryRun'> & {conditions: readonly Condition[]};
type Options = {ca: string | undefined; from: string; 'dry-run': boolean};

/** Completes a plan. Throws UsageError for a step that there is not, standard input as a file, and a server that is named twice. */
export function planFor({conditions, ...wish}: Wish, options: Options): Plan {
	const steps = wish.procedure.steps.filter(({only}) => only === undefined || conditions.includes(only));
	const labels = [...wish.places['tanium-servers'], ...wish.places['module-server']].map(server => labelOf(server));
	const twice = labels.find((label, index) => labels.indexOf(label) !== index);
	if (twice !== undefined) {
		throw new UsageError(`${twice} is named twice. Each server has its own name or port.`);
	}

	if (wish.pairs.some(({pair}) => pair.certificate === '-' || pair.key === '-')) {
		throw new UsageError('- is standard input, which the answers come from. Name files.');
	}

	return {...wish, steps, from: wholeNumber('--from', options.from, steps.length) - 1, ca: options.ca, dryRun: options['dry-run']};
}

/** The servers on which a step is done; none when they are not known, or when it is done on no server. */
export function serversOf({places}: Plan, {at}: Step): readonly Server[] {
	return at === undefined ? [] : places[at];
}

/** `Step 3 of 10, on ts1.example.com: Stop the Tanium Server service`. The index is that of the plan. */
export function titleOf(plan: Plan, index: number): string {
	const {at, title} = plan.steps[index]!;
	const hosts = serversOf(plan, plan.steps[index]!).map(({host}) => host);
	const where = at === undefined ? '' : `, on ${hosts.join(' and ') || 'the Module Server'}`;
	return `Step ${index + 1} of ${plan.steps.length}${where}: ${title}`;
}

/** A step in lines: its title, how it is done, and what is read over TLS afterwards. */
export function stepText(plan: Plan, index: number): string {
	const step = plan.steps[index]!;
	const [first = '', ...more] = step.how;
	const commands = step.registers ? plan.places['tanium-servers'].map(server => `  TaniumModuleServer register ${labelOf(server)}`) : [];
	const labels = serversOf(plan, step).map(server => labelOf(server));
	const proof = step.proof ? [`Then it is read over TLS what ${labels.join(' and ')} ${labels.length > 1 ? 'present' : 'presents'}.`] : [];
	return [`${titleOf(plan, index)}.`, ...[first, ...commands, ...more, ...proof].map(line => `  ${line}`)].join('\n');
}

/** The command that goes on with a step. Keys that have been deleted are left out of it. */
export function callFrom({name, procedure, places, pairs, ca, thenModuleServer}: Plan, index: number, deleted: readonly string[]): string {
	const [first, second] = pairs.map(({pair: {certificate, key}}) =>
		[certificate, key === undefined || deleted.includes(key) ? [] : key].flat(),
	);
	const [own, others] =
		procedure.files === 'ssl' ? (['module-server', 'tanium-servers'] as const) : (['tanium-servers', undefined] as const);
	const options = [
		...(second ?? []).flatMap((file, at) => [at === 0 ? '--secondary-crt' : '--secondary-key', file]),
		...(others === undefined ? [] : registrationOptions(places[others])),
		...(ca === undefined ? [] : ['--ca', ca]),
		...(thenModuleServer ? ['--then-module-server'] : []),
	];
	return wordsOf(name, ...first!, ...places[own].map(server => labelOf(server)), ...options, '--from', String(index + 1));
}

/** The command for the Module Server, once its Tanium Servers have their new certificates. */
export function moduleServerCall({places}: Plan): string {
	return wordsOf('windows module-server', 'ssl.crt', 'ssl.key', 'MODULE_SERVER', ...registrationOptions(places['tanium-servers']));
}

function registrationOptions(servers: readonly Server[]): string[] {
	return servers.flatMap(server => ['--tanium-server', labelOf(server)]);
}

function wordsOf(name: string, ...words: readonly string[]): string {
	return [`tanos ${name}`, ...words.map(word => (word.startsWith('--') ? word : shellWord(word)))].join(' ');
}
