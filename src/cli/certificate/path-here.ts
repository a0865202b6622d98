import {shellWord} from '../../certificates/rules/finding.js';
import {UsageError} from '../command.js';

/**
 * Tanium's document shows paths of Windows, such as `C:\\temp\\SOAPServer`. On Linux that is the name of one file in the current folder, so
 * it is refused, and so is what a shell leaves of it without quotes. Throws UsageError, which shows a path that works.
 */
export function assertPathHere(out: string): void {
	if (/^[a-z]:|\\/i.test(out)) {
		throw new UsageError(
			`--out ${out} is a path of Windows. On this machine it would be the name of a file.`,
			`Use a path of this machine: --out ${shellWord(pathHere(out))}`,
		);
	}
}

/** The last folder and the name of a path of Windows. Without quotes a shell has removed its backslashes, and with them the folders. */
function pathHere(out: string): string {
	const parts = out
		.replace(/^[a-z]:/i, '')
		.split(/[\\/]+/)
		.filter(part => part !== '' && part !== '.');
	const usual = /ssl$/i.test(parts.at(-1) ?? '') ? 'ssl' : 'SOAPServer';
	if (/[\\/]$/.test(out)) {
		return `${parts.at(-1) ?? 'new'}/SOAPServer`;
	}

	return /[\\/]/.test(out) ? `${parts.at(-2) ?? 'new'}/${parts.at(-1)!}` : `new/${usual}`;
}
