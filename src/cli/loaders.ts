import type {Command} from './command.js';
import {prepareForSessions} from './prepare-for-sessions.js';

/** The commands of `tanos` by name. Each is loaded when it is called, so that the console's first frame waits for none of them. */
export const loaders: Readonly<Record<string, () => Promise<Command>>> = {
	'appliance create': async () => (await import('./appliance.js')).create,
	'appliance start': async () => (await import('./appliance.js')).start,
	'appliance stop': async () => (await import('./appliance.js')).stop,
	'appliance drill': async () => (await import('./appliance.js')).drill,
	'certificate check': async () => (await import('./certificate/check.js')).check,
	'certificate convert': async () => (await import('./certificate/convert.js')).convert,
	'certificate explain': async () => (await import('./certificate/explain.js')).explain,
	'certificate request': async () => (await import('./certificate/request.js')).request,
	'certificate show': async () => (await import('./certificate/show.js')).show,
	'certificate sign': async () => (await import('./certificate/sign.js')).sign,
	'KeyUtility selfsign': async () => (await import('./certificate/request.js')).selfsign,
	completion: async () => (await import('./completion/index.js')).completion,
	help: async () => (await import('./help.js')).help,
	'host targets': async () => (await import('./host/commands.js')).hostTargets,
	'host check': async () => (await import('./host/commands.js')).hostCheck,
	'host console': async () => (await import('./host/console.js')).hostConsole,
	'host doctor': async () => (await import('./host/doctor.js')).hostDoctor,
	'host setup': async () => (await import('./host/setup.js')).hostSetup,
	'host health': async () => (await import('./host/health.js')).hostHealth,
	'host metrics': async () => (await import('./host/health.js')).hostMetrics,
	'host convert': async () => (await import('./host/convert.js')).hostConvert,
	'host serve': async () => (await import('./host/serve.js')).hostServe,
	'host install': async () => (await import('./host/install.js')).hostInstall,
	'host recover': async () => (await import('./host/install.js')).hostRecover,
	'lab create': async () => (await import('./lab/create.js')).labCreate,
	'lab status': async () => (await import('./lab/manage.js')).labStatus,
	'lab start': async () => (await import('./lab/manage.js')).labStart,
	'lab stop': async () => (await import('./lab/manage.js')).labStop,
	'lab remove': async () => (await import('./lab/manage.js')).labRemove,
	recover: async () => (await import('./recover.js')).recoverCommand,
	replace: async () => (await import('./replace/index.js')).replaceCommand,
	replay: async () => (await import('./replay.js')).replay,
	async serve() {
		prepareForSessions(); // Before Ink is loaded.
		return (await import('./serve.js')).serveCommand;
	},
	'sftp-server': async () => (await import('./sftp-server.js')).sftpServer,
	upload: async () => (await import('./upload/index.js')).uploadCommand,
	'windows active-active': async () => (await import('./windows/index.js')).activeActive,
	'windows module-server': async () => (await import('./windows/index.js')).moduleServer,
	'windows standalone': async () => (await import('./windows/index.js')).standalone,
};

/** The name of the command that the words begin with; undefined when they begin with none. */
export function commandNameIn([first = '', second]: readonly string[]): string | undefined {
	return [`${first} ${second}`, first].find(name => Object.hasOwn(loaders, name));
}

/**
 * The words of a call with the name of a Windows program as it is written here: Windows takes `keyutility` and `KEYUTILITY.EXE` for
 * `KeyUtility`. The names of the other commands have no capital letter.
 */
export function withProgramName(words: readonly string[]): string[] {
	const typed = words[0]?.toLowerCase().replace(/\.exe$/, '');
	const programs = Object.keys(loaders).map(name => name.split(' ')[0]!);
	const program = programs.find(name => name !== typed && name.toLowerCase() === typed);
	return program === undefined ? [...words] : [program, ...words.slice(1)];
}
