// What a monitoring system watches, in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
import type {Target} from '../installation/target.js';
import type {Facts} from './facts.js';

type Labels = Readonly<Record<string, string | number>>;
type Sample = readonly [Labels, number | undefined];

/** The metrics in lines. What is not known has no sample. */
export function metricsOf({at, services, pairs, connections, interrupted, disk, lastChanges}: Facts): string[] {
	const ofPairs = (value: (pair: Facts['pairs'][number]) => number | undefined) =>
		pairs.map((pair): Sample => [labelsOfPair(pair.target), value(pair)]);
	return [
		...gauge(
			'tanos_certificate_not_after_timestamp_seconds',
			'When the installed certificate ends.',
			ofPairs(({expiry}) => expiry && Date.parse(expiry.notAfter) / 1000),
		),
		...gauge(
			'tanos_pair_loadable',
			'Whether the installed certificate and key can be loaded.',
			ofPairs(({fault}) => Number(fault === undefined)),
		),
		...gauge(
			'tanos_certificate_served',
			'Whether the server presents the installed certificate.',
			ofPairs(({isServed}) => Number(isServed === true)),
		),
		...gauge(
			'tanos_certificate_trusted',
			'Whether the CA certificates of this host verify what the server presents.',
			ofPairs(({target, isServed, untrusted}) => (target.host ? Number(isServed !== undefined && untrusted === undefined) : undefined)),
		),
		...platformMetrics({services, connections}),
		...gauge('tanos_installation_interrupted', 'Whether an installation is neither finished nor undone.', [
			[{}, Number(interrupted !== undefined)],
		]),
		...gauge('tanos_disk_free_bytes', "What may still be written to the disk of the appliance's state.", [[{}, disk.free]]),
		...gauge(
			'tanos_last_change_timestamp_seconds',
			'When the last installation, restore or registration ended.',
			lastChanges.map(({kind, outcome, host, ended}): Sample => [
				{kind, outcome, ...(host !== undefined && {target: host})},
				Date.parse(ended) / 1000,
			]),
		),
		...gauge('tanos_metrics_timestamp_seconds', 'When these metrics were made.', [[{}, at.getTime() / 1000]]),
	];
}

function labelsOfPair({name, host, installed, fileNames}: Target): Labels {
	return host && installed ? {target: name, file: installed.certificate} : {file: fileNames.certificate};
}

function platformMetrics({services, connections}: Pick<Facts, 'services' | 'connections'>): string[] {
	return [
		...gauge(
			'tanos_service_running',
			'Whether a service runs.',
			services.map(({name, running}): Sample => [{service: name}, Number(running)]),
		),
		...gauge(
			'tanos_connection_working',
			'Whether a connection of the platform works.',
			connections.map(({number, from, to, ok}): Sample => [{number, from, to}, Number(ok)]),
		),
	];
}

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
	const lines = samples.flatMap(([labels, value]) => (value === undefined ? [] : [`${name}${formatLabels(labels)} ${value}`]));
	return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines];
}

function formatLabels(labels: Labels): string {
	const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
	return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
	return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
