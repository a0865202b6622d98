/** Numbers that only look random: the same for the same seed and input (mulberry32). */
export type Numbers = {
	/** From 0 up to and without `limit`. */
	below: (limit: number) => number;
	pick: <Value>(values: readonly Value[]) => Value;
	/** Whether something of this probability happens. */
	chance: (probability: number) => boolean;
	bytes: (length: number) => Buffer;
};

/** A sequence of its own for each input, so that one input says nothing about the next. */
export function numbersFor(seed: number, input: number): Numbers {
	let state = Math.imul(seed, 0x9e_37_79_b1) ^ Math.imul(input + 1, 0x85_eb_ca_6b);
	const next = () => {
		state = (state + 0x6d_2b_79_f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return (mixed ^ (mixed >>> 14)) >>> 0;
	};

	const below = (limit: number) => next() % Math.max(1, limit);
	return {
		below,
		pick: values => values[below(values.length)]!,
		chance: probability => next() < probability * 2 ** 32,
		bytes: length => Buffer.from(Array.from({length}, () => below(256))),
	};
}
