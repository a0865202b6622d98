import {setTimeout as delay} from 'node:timers/promises';
import {openShell, type Site, untilOutput} from './site.js';

const intervalMs = 100;

/** Presses keys in a separate console until `end`. Resolves with the milliseconds until the screen changed. */
export async function probeKeys(site: Site, end: AbortSignal): Promise<number[]> {
	const latencies: number[] = [];
	while (!end.aborted) {
		try {
			await probeOnce(site, end, latencies);
		} catch {
			await delay(intervalMs); // The server crashed; the report says so.
		}
	}

	return latencies;
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
