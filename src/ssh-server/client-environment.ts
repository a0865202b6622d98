import type {PseudoTtyInfo, Session} from 'ssh2';
import {acceptedVariables, type AcceptedVariable, type TerminalSize, type ClientTerminal} from './session-request.js';

/** What a client tells of its terminal and its environment before it asks for a shell or a command. */
export type ClientEnvironment = {terminal: ClientTerminal | undefined; environment: Partial<Record<AcceptedVariable, string>>};

const usual: TerminalSize = {columns: 80, rows: 24};
/** Larger ones are taken for these: every cell of a screen costs memory. */
const largest: TerminalSize = {columns: 500, rows: 200};
const maxValueLength = 64;

/** Listens to what a client tells of its surroundings in this session. */
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
		accept?.(); // Absent when the client wants no reply; so below.
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
	return {columns: Math.min(cols || usual.columns, largest.columns), rows: Math.min(rows || usual.rows, largest.rows)};
}
