import process from 'node:process';
import {prepareForInk} from './prepare-for-ink.js';

/**
 * Prepares a process that draws consoles for others: they have terminals, whatever this process has. To be called before Ink is
 * loaded, which looks at the environment only then.
 */
export function prepareForSessions(): void {
	process.env['FORCE_COLOR'] ??= '1';
	delete process.env['CI']; // Ink would draw nothing until a session ends.
	delete process.env['CONTINUOUS_INTEGRATION'];
	process.setMaxListeners(0); // Ink adds a listener for each console, and Node would warn of the eleventh.
	prepareForInk();
}
