/** Options of execa for a program of this host: nothing that the caller exports may change what it does or prints. */
export const hostProgram = {
	env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8'},
	extendEnv: false,
	stdin: 'ignore',
} as const;
