import type {VirtualTerminal} from './terminal.js';

/** The screen in a frame, so that blank rows and the width can be seen. */
export function frameScreen(terminal: VirtualTerminal): string {
	const edge = `+${'-'.repeat(terminal.columns)}+`;
	const rows = terminal
		.screen()
		.split('\n')
		.map(row => `|${row.padEnd(terminal.columns)}|`);
	return [edge, ...rows, edge].join('\n');
}
