/** The quantile: this share (0 to 1) of the samples is below it. NaN without samples. */
export function quantile(samples: readonly number[], share: number): number {
	const sorted = samples.toSorted((one, other) => one - other);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
	return quantile(samples, 0.5);
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
