/** A moment as people compare it with a clock: `2026-11-23 22:48 UTC`. */
export function inUtc(moment: Date): string {
	return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
