import process from 'node:process';

/** Whether there is a terminal that can move its cursor; otherwise the console uses plain lines. */
export function hasScreen(): boolean {
	return isTerminal() && process.env['TERM'] !== 'dumb';
}

/** Whether standard input and output are a terminal. A pipe has no `isTTY` at all. */
export function isTerminal(): boolean {
	return Boolean(process.stdin.isTTY) && Boolean(process.stdout.isTTY);
}

/** Calls `hangUp` at the signals that end a session. The process ends when work in progress is complete. */
export function onSignals(hangUp: () => void): void {
	for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) {
		process.on(signal, hangUp);
	}
}
