// How a background program and its starter synchronise. The program does nothing until its starter confirms that the pid file
// is written, so a starter that is killed at any moment leaves no unrecorded process. When the program is ready, it writes a
// line feed to a descriptor, as s6 services do.
import {closeSync, writeSync} from 'node:fs';
import {once} from 'node:events';
import process from 'node:process';

/** The environment variables by which a starter asks for this exchange. */
export const backgroundEnvironment = {TANOS_AWAIT_RECORD: '1', TANOS_NOTIFY_FD: '3'};

/** Whether a starter waits for this program. */
export function isInBackground(): boolean {
	return process.env['TANOS_AWAIT_RECORD'] === '1';
}

/** Resolves with whether the program may run: at once in the foreground, else when a byte arrives on standard input. */
export async function onRecord(): Promise<boolean> {
	if (!isInBackground()) {
		return true;
	}

	const [byte] = (await Promise.race([once(process.stdin, 'data'), once(process.stdin, 'end'), once(process.stdin, 'error')])) as unknown[];
	process.stdin.destroy();
	return Buffer.isBuffer(byte);
}

/** Notifies the starter, if there is one, that this program is ready. */
export function tellReady(): void {
	const descriptor = Number(process.env['TANOS_NOTIFY_FD']);
	if (!Number.isInteger(descriptor) || descriptor < 3) {
		return;
	}

	try {
		writeSync(descriptor, '\n');
		closeSync(descriptor);
	} catch {
		// The starter has exited (EPIPE). The program keeps running.
	}
}
