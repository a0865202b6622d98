// Mixed SSH traffic against one server: `npm run soak -- [MINUTES]`. Reports crashes, memory, descriptors and the latency of a key in a
// separate console meanwhile. Exits with 1 when the server crashed, leaked descriptors or memory, or when anything ended badly or never
// succeeded. The latencies are figures only: they depend on what else the machine does.
import {readFile} from 'node:fs/promises';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {withSandbox} from './sandbox.js';
import {probeKeys} from './key-probe.js';
import {describeSample, sampleServer, type Sample} from './server-samples.js';
import {startSite} from './site.js';
import {traffic} from './traffic.js';

const {
	values: {only},
	positionals: [given = '2'],
} = parseArgs({allowPositionals: true, options: {only: {type: 'string', multiple: true}}});
const minutes = Number(given);
if (!(minutes > 0)) {
	throw new Error('usage: npm run soak -- [MINUTES] [--only KIND]...');
}

/** How much more the server may hold after the traffic than before it. */
const maxGrowth = {descriptors: 10, megabytes: 250};
const sampleIntervalMs = 5000;
const print = (text: string) => process.stdout.write(`${text}\n`);

await withSandbox(async sandbox => {
	await using site = await startSite(sandbox);
	const before = await sampleServer(site);
	print(`before            ${describeSample(before)}`);
	const end = AbortSignal.timeout(minutes * 60_000);
	const samples: Sample[] = [];
	const counts = new Map<string, {done: number; failed: number; lastFailure: string}>();
	const workers = Object.entries(traffic)
		.filter(([name]) => only?.includes(name) ?? true)
		.map(async ([name, work]) => {
			const count = {done: 0, failed: 0, lastFailure: ''};
			counts.set(name, count);
			while (!end.aborted) {
				try {
					await work(site);
					count.done++;
				} catch (error) {
					count.failed++;
					count.lastFailure = String(error).split('\n')[0]!;
					await delay(100);
				}
			}
		});
	const probing = probeKeys(site, end);
	while (!end.aborted) {
		await delay(sampleIntervalMs);
		samples.push(await sampleServer(site));
	}

	await Promise.all(workers);
	const {latencies, failures} = await probing;
	const sorted = latencies.toSorted((one, other) => one - other);
	const at = (share: number) => `${(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1)} ms`;
	await delay(sampleIntervalMs); // The last connections close.
	const after = await sampleServer(site);
	const deaths = (await readFile(sandbox.layout.audit, 'utf8')).split('"event":"ssh-server-died"').length - 1;
	const most = (key: keyof Sample) => Math.max(...samples.map(sample => sample[key]));
	print(`most              ${describeSample({descriptors: most('descriptors'), megabytes: most('megabytes')})}`);
	print(`after             ${describeSample(after)}`);
	print(`key latency       median ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}, ${sorted.length} keys`);
	print(`deaths            ${deaths}`);
	print(`probe failures    ${failures.length}${failures.length === 0 ? '' : ` (${failures.at(-1)})`}`);
	for (const [name, {done, failed, lastFailure}] of counts) {
		print(`${name.padEnd(17)} ${done} done, ${failed} failed${lastFailure === '' ? '' : ` (${lastFailure})`}`);
	}

	const isHealthy =
		deaths === 0
		&& sorted.length > 0
		&& after.descriptors <= before.descriptors + maxGrowth.descriptors
		&& after.megabytes <= before.megabytes + maxGrowth.megabytes
		&& failures.length === 0
		&& [...counts.values()].every(({done, failed}) => done > 0 && failed === 0);
	process.exitCode = isHealthy ? 0 : 1;
});
