// The two words that a program in the background exchanges with whoever starts it. It does nothing before it is told that
// its process is on record, so a starter that is killed at any moment leaves no process that nobody knows of; and it says
// when it is ready, by a line end on a descriptor, as s6 does it.
import {closeSync, writeSync} from 'node:fs';
import {once} from 'node:events';
import process from 'node:process';

/** How a starter asks for this exchange, in the environment. */
export const backgroundEnvironment = {TANOS_AWAIT_RECORD: '1', TANOS_NOTIFY_FD: '3'};

/** Whether this program was started by another one that waits for it. */
export function isInBackground(): boolean {
	return process.env['TANOS_AWAIT_RECORD'] === '1';
}

/** Resolves with whether the program may go on: at once in the foreground, else when standard input brings a byte. */
export async function onRecord(): Promise<boolean> {
	if (!isInBackground()) {
		return true;
	}

	const [byte] = (await Promise.race([once(process.stdin, 'data'), once(process.stdin, 'end'), once(process.stdin, 'error')])) as unknown[];
	process.stdin.destroy();
	return Buffer.isBuffer(byte);
}

/** Says that this program is ready, if anybody wanted to know. */
export function tellReady(): void {
	const descriptor = Number(process.env['TANOS_NOTIFY_FD']);
	if (!Number.isInteger(descriptor) || descriptor < 3) {
		return;
	}

	try {
		writeSync(descriptor, '\n');
		closeSync(descriptor);
	} catch {
		// Whoever wanted to know has gone (EPIPE). The program goes on all the same.
	}
}
