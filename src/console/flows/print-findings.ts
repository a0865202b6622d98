import type {FindingDraft} from '../../certificates/rules/finding.js';
import type {Conversation, Tone} from '../conversation.js';

/** A finding, with the name of its file where there are two. */
type Shown = Omit<FindingDraft, 'id'> & {id: string; file?: string};

/** Prints findings: what blocks comes last, where it is not scrolled away, and a summary names it. */
export function printFindingList(conversation: Conversation, findings: readonly Shown[]): void {
	const [errors, warnings] = (['error', 'warning'] as const).map(wanted => findings.filter(({severity}) => severity === wanted));
	for (const finding of [...warnings!, ...errors!]) {
		const {severity, id, file, message, hint} = finding;
		const where = file === undefined ? '' : ` (${file})`;
		conversation.print(`${severity} ${id}${where}: ${message}`, toneOf(finding));
		if (hint !== '') {
			conversation.print(hint);
		}
	}

	if (errors!.length > 0) {
		const noted = warnings!.length === 0 ? '' : ` ${countOf(warnings!, 'warning')}.`;
		conversation.print(`${countOf(errors!, 'error')}.${noted}`, 'bad');
	}
}

/** Their number and their ids: `2 errors: expired, san-host`. */
function countOf(findings: readonly Shown[], noun: string): string {
	return `${findings.length} ${noun}${findings.length === 1 ? '' : 's'}: ${findings.map(({id}) => id).join(', ')}`;
}

function toneOf({severity}: Shown): Tone {
	return severity === 'error' ? 'bad' : 'warning';
}
