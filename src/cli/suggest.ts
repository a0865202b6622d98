import {closest, distance} from 'fastest-levenshtein';

/** ` Did you mean X?` for the known word that is nearly the one that was typed; empty when none is. */
export function suggestion(typed: string, known: readonly string[]): string {
	const nearest = known.length === 0 ? '' : closest(typed, [...known]);
	const length = Math.max(typed.length, nearest.length);
	return nearest !== '' && distance(typed, nearest) <= Math.ceil(length * 0.4) && distance(typed, nearest) < length
		? ` Did you mean ${nearest}?`
		: '';
}
