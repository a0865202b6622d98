import type {Host} from './openssh.js';
import {openTerminal, type Terminal} from './terminal.js';

/** The end of the prompt of a shell, of root or of another user. */
export const shellPrompt = /[#$%] $/;

/** A session with a terminal, through OpenSSH's client. */
export function openSession({options, target}: Host): Terminal {
	return openTerminal('ssh', ['-tt', ...options, target]);
}
