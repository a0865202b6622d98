/** Labels and values in two aligned columns, one line for each row, as TanOS prints a report. */
export function formatRows(rows: ReadonlyArray<readonly [label: string, value: string]>): string[] {
	const width = Math.max(...rows.map(([label]) => label.length)) + 3;
	return rows.map(([label, value]) => `${`${label}:`.padEnd(width)}${value}`);
}
