/** A moment as part of a file name: `20261123-224800`, in UTC. */
export function stamp(moment: Date): string {
	return moment.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
