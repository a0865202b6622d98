import process from 'node:process';

/** The environment of a program on a virtual terminal: what it needs, and nothing else of this process. */
export function smallEnvironment(): Record<string, string> {
	return {
		TERM: 'xterm-256color',
		LANG: 'C.UTF-8',
		PATH: process.env['PATH'] ?? '/usr/bin:/bin',
		HOME: process.env['HOME'] ?? '/',
	};
}
