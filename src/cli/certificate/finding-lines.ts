import type {FindingDraft} from '../../certificates/rules/finding.js';

/** Each finding with its hint below it, and before them that no name was checked when no host was given. */
export function findingLines(findings: ReadonlyArray<FindingDraft & {file?: string}>, hosts: readonly string[]): string[] {
	return [
		...(hosts.length === 0 ? ['No host was given (--host), so the names were not checked.'] : []),
		...findings.flatMap(({severity, id, file, message, hint}) => [
			`${severity} ${id}${file === undefined ? '' : ` (${file})`}: ${message}`,
			...(hint === '' ? [] : [`  ${hint}`]),
		]),
	];
}
