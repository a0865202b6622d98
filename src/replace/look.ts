import {regularExpression} from '../replay/pattern.js';
import type {VirtualTerminal} from '../replay/terminal.js';
import type {Profile, ScreenDefinition} from './profile.js';

/** The line where the program waits for keys. */
export function promptLine(terminal: VirtualTerminal, {promptRow}: Pick<Profile, 'promptRow'>): string {
	const rows = terminal.screen().split('\n');
	return (promptRow === undefined ? rows[terminal.cursor.row] : rows.at(-promptRow)) ?? '';
}

/** Whether the terminal shows this screen. */
export function isShown(terminal: VirtualTerminal, {line, screen}: ScreenDefinition, profile: Profile): boolean {
	return (
		(line === undefined || regularExpression(line).test(promptLine(terminal, profile)))
		&& (screen === undefined || regularExpression(screen).test(terminal.screen()))
	);
}
