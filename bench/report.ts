// What a run shows on the terminal, in lines of at most 80 columns.
import wrapAnsi from 'wrap-ansi';
import type {Benchmark, Result} from './benchmark.js';
import type {Entry, Setting} from './document.js';
import {formatAim, formatMet, formatRatio, formatValue, type Figure} from './figure.js';
import {isBusy, type Machine, type Source} from './machine.js';

const columns = 80;

/** The lines above all benchmarks. */
export function headLines(setting: Setting): string[] {
	const {machine, versions} = setting;
	return [
		...wrapped(describeMachine(machine)),
		`Node ${versions.node}, OpenSSL ${versions.openssl ?? 'missing'}, OpenSSH ${versions.openssh ?? 'missing'}`,
		describeSource(setting),
		...(isBusy(machine) ? wrapped(busyWarning) : []),
		'',
		row(['', 'tanos', 'peer', 'ratio', 'aim', '']),
	];
}

export const busyWarning = 'The machine was busy when the run began: measure again when it is quiet.';

/** A machine in one sentence. */
export function describeMachine({cpu, cores, memoryBytes, load}: Machine): string {
	const memory = `${(memoryBytes / 2 ** 30).toFixed(1)} GiB of memory`;
	return `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memory}, load average ${load} at the start`;
}

/** What was measured, by its commit. */
export function describeSource({commit, modified}: Source): string {
	return commit === null ? 'commit unknown' : `commit ${commit.slice(0, 12)}${modified ? ' with changes that are not committed' : ''}`;
}

/** The lines above a benchmark's figures. */
export function titleLines({name, title, peer}: Pick<Benchmark, 'name' | 'title' | 'peer'>): string[] {
	return ['', name, ...indented(title), ...(peer === undefined ? [] : indented(`peer: ${peer}`))];
}

export function figureLine(figure: Figure): string {
	const {what, unit, tanos, peer, ratio} = figure;
	return row([what, formatValue(tanos, unit), formatValue(peer, unit), formatRatio(ratio), formatAim(figure), formatMet(figure)]);
}

/** How a benchmark ended, when its figures do not show it. */
export function endLines({outcome, reason, stack}: Result): string[] {
	const frames = stack?.split('\n').filter(line => line.startsWith('    at ')) ?? [];
	return outcome === 'measured' ? [] : [...indented(describeEnd(outcome, reason)), ...frames];
}

/** How a benchmark ended, such as `failed: REASON`. */
export function describeEnd(outcome: Result['outcome'], reason?: string): string {
	return reason === undefined ? outcome : `${outcome}: ${reason}`;
}

/** The lines below all benchmarks: what was missed, failed or skipped. */
export function summaryLines(entries: readonly Entry[]): string[] {
	const figures = entries.flatMap(({name, figures}) => figures.map(figure => ({name, figure})));
	const missed = figures.filter(({figure}) => figure.met === false);
	return [
		'',
		`Aims: ${figures.filter(({figure}) => figure.met).length} met, ${missed.length} missed`,
		...missed.flatMap(({name, figure}) => indented(describeMiss(name, figure))),
		...entries.filter(({outcome}) => outcome !== 'measured').flatMap(({name, outcome}) => indented(`${outcome}: ${name}`)),
	];
}

function describeMiss(name: string, figure: Figure): string {
	const found = figure.aim?.of === 'ratio' ? formatRatio(figure.ratio) : formatValue(figure.tanos, figure.unit);
	return `missed: ${name}, ${figure.what}: ${found}, the aim is ${formatAim(figure)}`;
}

function row([what, tanos, peer, ratio, aim, met]: readonly [string, string, string, string, string, string]): string {
	return `  ${what.padEnd(28)}${tanos.padStart(10)}${peer.padStart(10)}${ratio.padStart(7)}  ${aim.padEnd(14)} ${met}`.trimEnd();
}

function indented(text: string): string[] {
	return wrapAnsi(text, columns - 2, {hard: true})
		.split('\n')
		.map(line => `  ${line}`);
}

function wrapped(text: string): string[] {
	return wrapAnsi(text, columns, {hard: true}).split('\n');
}
