// What a benchmark measures, and whether it reaches its aim.

/** The unit of a figure; '' for a plain number. */
export type Unit = 'ms' | 's' | 'KiB' | '';

/** A requirement on this project's value (`tanos`) or on its ratio to the peer's. */
export type Aim = {of: 'tanos' | 'ratio'; relation: Relation; value: number};
export type Relation = 'at most' | 'at least' | 'under';

export type Figure = {
	what: string;
	unit: Unit;
	/** This project's value. */
	tanos: number;
	/** The peer's value, measured in the same run. */
	peer?: number;
	/** tanos / peer: below 1, this project needs less. Plain numbers have none. */
	ratio?: number;
	aim?: Aim;
	/** Whether the aim is reached. Only with an aim. */
	met?: boolean;
};

/** An aim for this project's value, in the figure's unit. */
export function aimFor(relation: Relation, value: number): Aim {
	return {of: 'tanos', relation, value};
}

/** An aim for the ratio to the peer. */
export function ratioAim(relation: Relation, value: number): Aim {
	return {of: 'ratio', relation, value};
}

export type Measured = Pick<Figure, 'what' | 'unit' | 'tanos' | 'peer' | 'aim'>;

/** Rounds the values, and computes the ratio and whether the aim is reached. Throws when a value is not a number. */
export function figureOf({what, unit, aim, ...values}: Measured): Figure {
	const tanos = rounded(values.tanos);
	const peer = values.peer === undefined ? undefined : rounded(values.peer);
	const ratio = peer === undefined || unit === '' ? undefined : rounded(tanos / peer);
	if (![tanos, peer ?? 0, ratio ?? 0].every(value => Number.isFinite(value))) {
		throw new TypeError(`${what}: measured ${tanos}, the peer ${peer}; both must be numbers, and the peer's not 0`);
	}

	return {
		what,
		unit,
		tanos,
		...(peer !== undefined && {peer}),
		...(ratio !== undefined && {ratio}),
		...(aim && {aim, met: isMet(aim, aim.of === 'ratio' ? ratio : tanos)}),
	};
}

function isMet({relation, value}: Aim, found = Number.NaN): boolean {
	return {'at most': found <= value, 'at least': found >= value, under: found < value}[relation];
}

/** More digits than this differ from run to run. */
function rounded(value: number): number {
	return Number(value.toPrecision(4));
}

/** A value with its unit, such as `2.9 ms`. */
export function formatValue(value: number | undefined, unit: Unit): string {
	if (value === undefined) {
		return '';
	}

	const digits = {ms: value < 100 ? 1 : 0, s: 2, KiB: 0, '': 0}[unit];
	return `${value.toFixed(digits)} ${unit}`.trimEnd();
}

/** A ratio, with two significant digits when it is small. */
export function formatRatio(ratio: number | undefined): string {
	return ratio === undefined ? '' : ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2);
}

/** An aim, such as `at most 16 ms` or, for a ratio, `at most 1.5`. */
export function formatAim({aim, unit}: Figure): string {
	return aim === undefined ? '' : `${aim.relation} ${aim.value}${aim.of === 'ratio' ? '' : ` ${unit}`}`.trimEnd();
}

/** `met`, `MISSED`, or nothing without an aim. */
export function formatMet({met}: Figure): string {
	return met === undefined ? '' : met ? 'met' : 'MISSED';
}
