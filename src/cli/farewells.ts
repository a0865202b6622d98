import type {Ending} from '../console/ending.js';

/** The last line of a console session, by the reason why it ended. */
export const farewells: Record<Ending, string> = {
	'signed-out': 'Signed out.',
	refused: 'Sign-in failed.',
	gone: 'The terminal was disconnected.',
	idle: 'Signed out: the session was idle for too long.',
	stopped: 'The server is stopping.',
	crashed: 'The session ended because of a fault in the console.',
	lost: 'The session ended because its service has ended. What it had begun is finished or undone: look at the history, 2-H.',
};
