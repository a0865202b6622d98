/** A moment as part of a file name: `20261123-224800`, in UTC. */
export function stamp(moment: Date): string {
	return moment.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

/** A moment for people: `2026-11-23 22:48:00 UTC`, of one in ISO 8601. */
export function formatMoment(iso: string): string {
	return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
