import {setTimeout as delay} from 'node:timers/promises';
import {openShell, type Site, untilOutput} from './site.js';

const intervalMs = 100;

export type Probes = {
	/** The milliseconds from each key until the screen changed. */
	latencies: number[];
	/** Why a console ended before its time. */
	failures: string[];
};

/** Presses keys in a separate console until `end`, and in another one when it fails. */
export async function probeKeys(site: Site, end: AbortSignal): Promise<Probes> {
	const [latencies, failures]: [number[], string[]] = [[], []];
	while (!end.aborted) {
		try {
			await probeOnce(site, end, latencies);
		} catch (error) {
			failures.push(String(error));
			await delay(intervalMs);
		}
	}

	return {latencies, failures};
}

async function probeOnce(site: Site, end: AbortSignal, latencies: number[]): Promise<void> {
	const client = await site.connect('tanadmin');
	try {
		const channel = await openShell(client, {columns: 80, rows: 24});
		channel.resume();
		for (let count = 0; !end.aborted; count++) {
			const changed = untilOutput(channel, /./s);
			const started = performance.now();
			channel.write(count % 2 === 0 ? '\u001B[B' : '\u001B[A');
			await changed;
			latencies.push(performance.now() - started);
			await delay(intervalMs);
		}
	} finally {
		client.destroy();
	}
}
