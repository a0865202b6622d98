import type {ExecutionContext} from 'ava';
import {execa} from 'execa';

/** The samples as the Python client of Prometheus reads them, by name and values of the labels. See testWith('prometheus-client'). */
export async function samplesIn(t: ExecutionContext, text: string): Promise<Record<string, number>> {
	const program = [
		'import json, sys',
		'from prometheus_client.parser import text_string_to_metric_families as parse',
		'samples = [s for family in parse(sys.stdin.read()) for s in family.samples]',
		'print(json.dumps({s.name + "".join(" " + v for v in s.labels.values()): s.value for s in samples}))',
	].join('\n');
	const {stdout, exitCode, stderr} = await execa('/usr/bin/python3', ['-c', program], {input: text, reject: false});
	t.is(exitCode, 0, stderr);
	return JSON.parse(stdout) as Record<string, number>;
}
