import {jsonOption, rootOption, type CommandDefinition} from './definition.js';

export const consoleDefinition = {
	name: '',
	summary: 'Open the console of the appliance',
	about: ['The first time it creates a sandbox appliance and prints its initial passwords.'],
	arguments: [],
	options: {
		...rootOption,
		cast: {
			type: 'string',
			value: 'FILE',
			completes: 'file',
			help: 'Record the console, and what is typed except secrets, to this new file as asciicast v2.',
		},
		version: {type: 'boolean', short: 'V', help: 'Print the version.'},
	},
	examples: [
		{line: 'tanos', does: 'Opens the console.'},
		{line: 'tanos --cast job.cast', does: 'Opens the console and records it.'},
	],
} as const satisfies CommandDefinition;

export const serveDefinition = {
	name: 'serve',
	summary: 'Serve SSH (console and commands) and SFTP until stopped',
	about: ['Prints the fingerprint of the host key.'],
	arguments: [],
	options: {...rootOption, restart: {type: 'boolean', help: 'Restart the server when it exits unexpectedly.'}},
	examples: [{line: 'tanos serve', does: 'Serves the appliance in the default folder.'}],
} as const satisfies CommandDefinition;

export const sftpServerDefinition = {
	name: 'sftp-server',
	summary: 'Speak SFTP on standard input and output, as sftp-server(8)',
	about: ["Serves the whole file system as the calling user. It takes the options of OpenSSH's sftp-server(8)."],
	arguments: [{name: 'IGNORED', optional: true, multiple: true, help: 'Arguments that some clients add. They are ignored.'}],
	options: {
		d: {type: 'string', short: 'd', value: 'DIR', completes: 'folder', help: 'Start in this folder. %d is the home folder, %u the user.'},
		e: {type: 'boolean', short: 'e', help: 'Log to standard error.'},
		f: {type: 'string', short: 'f', value: 'FACILITY', help: 'The facility of the system log. Default: AUTH.'},
		h: {type: 'boolean', short: 'h', help: 'Print the options.'},
		l: {type: 'string', short: 'l', value: 'LEVEL', help: 'What is logged, such as INFO or DEBUG. Default: ERROR.'},
		P: {type: 'string', short: 'P', value: 'REQUEST[,REQUEST]', help: 'Requests that are refused.'},
		p: {type: 'string', short: 'p', value: 'REQUEST[,REQUEST]', help: 'The only requests that are served.'},
		Q: {type: 'string', short: 'Q', value: 'requests', completes: ['requests'], help: 'Print the names of the requests.'},
		R: {type: 'boolean', short: 'R', help: 'Refuse every change.'},
		u: {type: 'string', short: 'u', value: 'MASK', help: 'The umask of new files, such as 0077.'},
	},
	examples: [{line: 'tanos sftp-server -R', does: 'Serves files read-only.'}],
} as const satisfies CommandDefinition;

export const recoverDefinition = {
	name: 'recover',
	summary: 'Finish or undo an interrupted installation',
	about: ['Opening the console does the same. The exit code is 3 if the appliance needs manual intervention.'],
	arguments: [],
	options: rootOption,
	examples: [{line: 'tanos recover', does: 'Recovers the appliance in the default folder.'}],
} as const satisfies CommandDefinition;

export const uploadDefinition = {
	name: 'upload',
	summary: 'Check a pair, or a certificate alone, and copy it to the /incoming folder of appliances',
	about: [
		"Verifies each host against OpenSSH's known hosts before it signs in, with an agent, a key or a password. The user is tancopy unless "
			+ "you or OpenSSH's configuration name another. A file is uploaded under a temporary name, read back and then renamed.",
		'A host may also be named as sftp://USER@HOST:PORT/FOLDER.',
		'Without KEY the certificate is checked and uploaded alone: its key is on the one appliance where its request was made.',
	],
	arguments: [
		{name: 'CRT', completes: 'file', help: 'The certificate, followed by its chain.'},
		{name: 'KEY', optional: true, completes: 'file', help: 'Its private key. With two words the second one is the host.'},
		{name: '[USER@]HOST[:PORT]', multiple: true, help: 'The appliances.'},
	],
	options: {
		host: {type: 'string', value: 'NAME[,NAME]', multiple: true, help: 'A name that the certificate must be valid for.'},
		force: {type: 'boolean', help: 'Upload the files even if they cannot be installed.'},
		identity: {type: 'string', short: 'i', value: 'FILE', completes: 'file', help: 'The private key to sign in with.'},
		'known-hosts': {type: 'string', value: 'FILE', completes: 'file', help: 'The file of known hosts.'},
		config: {type: 'string', short: 'F', value: 'FILE', completes: 'file', help: 'The configuration file of OpenSSH. none reads no file.'},
		'delete-key': {type: 'boolean', help: 'Delete the local key once every host has it.'},
		'keep-key': {type: 'boolean', help: 'Keep the local key, and do not ask.'},
		...jsonOption,
	},
	exclusive: ['delete-key', 'keep-key'],
	examples: [
		{line: 'tanos upload SOAPServer.crt SOAPServer.key ts1.example.com', does: 'Uploads a pair to one appliance.'},
		{line: 'tanos upload SOAPServer.crt ts1.example.com', does: 'Uploads a certificate whose key is on the appliance.'},
	],
} as const satisfies CommandDefinition;

export const replayDefinition = {
	name: 'replay',
	summary: 'Play a keystroke script into a console, here or over SSH, or into another program',
	about: ['The script has the syntax of a VHS tape. Its screenshots are printed unless --screenshots names a folder. See docs/replay.md.'],
	arguments: [{name: 'FILE.tape', completes: 'file', help: 'The keystroke script.'}],
	options: {
		...rootOption,
		set: {
			type: 'string',
			value: 'NAME[=VALUE]',
			multiple: true,
			help: 'A variable of the script. Without a value it is taken from the environment.',
		},
		screenshots: {type: 'string', value: 'DIR', completes: 'folder', help: 'Write the screenshots to this folder, as text and SVG.'},
		cast: {type: 'string', value: 'FILE', completes: 'file', help: 'Record the session as asciicast v2.'},
		junit: {type: 'string', value: 'FILE', completes: 'file', help: 'Write the result as JUnit XML.'},
		'to-tape': {type: 'boolean', help: 'Print a script for a recording with input, in the format asciicast v2, instead of playing one.'},
		check: {type: 'boolean', help: 'Only read the script, and say what is wrong with it.'},
		'secret-file': {
			type: 'string',
			value: 'NAME=FILE',
			multiple: true,
			help: 'What `Secret NAME` types. Default: the environment, or a question.',
		},
		speed: {type: 'string', value: 'N', help: 'Play in real time, N times as fast. Default: as fast as the console answers.'},
		exec: {type: 'string', value: 'COMMAND', help: 'Play into this command of sh instead of a console; with --ssh, on that host.'},
		ssh: {type: 'string', value: '[USER@]HOST[:PORT]', help: 'Play into the console of this appliance, over SSH. The user is tanadmin.'},
		'ssh-option': {type: 'string', value: 'NAME=VALUE', multiple: true, help: 'An option for the host, as in ssh_config(5).'},
		'password-file': {
			type: 'string',
			value: 'FILE',
			completes: 'file',
			help: 'The password of the account on the host. Default: a question.',
		},
		identity: uploadDefinition.options.identity,
		'known-hosts': uploadDefinition.options['known-hosts'],
		config: uploadDefinition.options.config,
	},
	examples: [
		{line: 'tanos replay main-job.tape --set PASSWORD --screenshots shots', does: 'Plays a script and writes its screenshots.'},
		{line: 'tanos replay top.tape --exec top', does: 'Plays a script into another program.'},
	],
} as const satisfies CommandDefinition;

export const helpDefinition = {
	name: 'help',
	summary: 'Print help on tanos or on one of its commands',
	about: ['tanos COMMAND --help prints the same.'],
	arguments: [{name: 'COMMAND', optional: true, multiple: true, help: 'The words of a command.'}],
	options: {},
	examples: [{line: 'tanos help certificate check', does: 'Explains one command.'}],
} as const satisfies CommandDefinition;

export const completionDefinition = {
	name: 'completion',
	summary: 'Print a script that completes tanos commands in a shell',
	about: ['The script also completes the words of the TanOS command line.'],
	arguments: [{name: 'SHELL', completes: ['bash', 'zsh', 'fish'], help: 'The shell: bash, zsh or fish.'}],
	options: {},
	examples: [
		{line: 'source <(tanos completion bash)', does: 'Completes commands in the current bash.'},
		{line: 'tanos completion zsh > ~/.zfunc/_tanos', does: 'For zsh, if ~/.zfunc is in its fpath.'},
		{line: 'tanos completion fish > ~/.config/fish/completions/tanos.fish', does: 'For fish.'},
	],
} as const satisfies CommandDefinition;
