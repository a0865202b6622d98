export type Figure = {name: string; value: string; aim: string};

/** The value below which this share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
	const sorted = samples.toSorted((one, other) => one - other);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
	return quantile(samples, 0.5);
}

export function inMs(value: number): string {
	return `${value.toFixed(1)} ms`;
}

/** Measures two things in turn, so that a machine that slows down slows both. */
export async function inTurn(rounds: number, one: () => Promise<number>, other: () => Promise<number>): Promise<[number[], number[]]> {
	const samples: [number[], number[]] = [[], []];
	for (let round = 0; round < rounds; round++) {
		samples[0].push(await one());
		samples[1].push(await other());
	}

	return samples;
}
