import type {PseudoTtyInfo, Session} from 'ssh2';
import {acceptedVariables, type AcceptedVariable, type TerminalSize, type ClientTerminal} from './session-request.js';

/** The terminal and environment that a client sends before it requests a shell or a command. */
export type ClientEnvironment = {terminal: ClientTerminal | undefined; environment: Partial<Record<AcceptedVariable, string>>};

const defaultSize: TerminalSize = {columns: 80, rows: 24};
/** Larger sizes are reduced to this: drawing 500x200 takes 50 ms, for which all other sessions wait. */
const maxSize: TerminalSize = {columns: 320, rows: 100};
const maxValueLength = 64;

/** Collects the environment of a session. */
export function clientEnvironmentOf(session: Session): ClientEnvironment {
	const client: ClientEnvironment = {terminal: undefined, environment: {}};
	const listeners: Array<(size: TerminalSize) => void> = [];
	session.on('pty', (accept, _reject, {term, cols, rows}) => {
		client.terminal = {
			type: term.slice(0, maxValueLength),
			size: sizeOf({cols, rows}),
			onResize(listener) {
				listeners.push(listener);
			},
		};
		accept?.(); // Absent when the client wants no reply.
	});
	session.on('window-change', (accept, _reject, info) => {
		if (client.terminal) {
			const size = sizeOf(info);
			client.terminal.size = size;
			for (const listener of listeners) {
				listener(size);
			}
		}

		accept?.();
	});
	session.on('env', (accept, reject, {key, val}) => {
		const name = acceptedVariables.find(accepted => accepted === key);
		if (name === undefined) {
			reject?.();
		} else {
			client.environment[name] = val.slice(0, maxValueLength);
			accept?.();
		}
	});
	return client;
}

function sizeOf({cols, rows}: Pick<PseudoTtyInfo, 'cols' | 'rows'>): TerminalSize {
	return {columns: Math.min(cols || defaultSize.columns, maxSize.columns), rows: Math.min(rows || defaultSize.rows, maxSize.rows)};
}
