import type {Ending} from '../console/session.js';

/** The last line of a console session, by the reason why it ended. */
export const farewells: Record<Ending, string> = {
	'signed-out': 'Signed out.',
	refused: 'Sign-in failed.',
	gone: 'The terminal was disconnected.',
	idle: 'Signed out: the session was idle for too long.',
	stopped: 'The server is stopping.',
	crashed: 'The session ended because of a fault in the console.',
};
