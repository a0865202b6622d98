import {uploadDefinition} from './programs.js';
import type {CommandDefinition} from './definition.js';

const {host, identity, 'known-hosts': knownHosts, config, 'delete-key': deleteKey, 'keep-key': keepKey} = uploadDefinition.options;

export const replaceDefinition = {
	name: 'replace',
	summary: 'Replace the certificate of remote appliances by their menus, and prove it over TLS',
	about: [
		'Checks the pair, looks at what is served, uploads the pair as tancopy, signs in over SSH, answers the questions of 2-4 (Install '
			+ 'Custom SOAP Cert) and proves with new TLS connections which certificates are served. Several appliances are done one after '
			+ 'another; the first failure ends it. The user is tanadmin unless you or OpenSSH name another.',
		'What the console shows is described by a profile. At a screen that the profile does not describe nothing is typed: the command '
			+ 'stops, shows it and says what is served. ssl.crt is never replaced.',
		'The report has each step, each screen and what was proven, with times. Passwords are asked for, or read from files: the first line '
			+ 'counts, and /dev/fd/3 is a descriptor.',
		'The exit code is 3 when the change has begun and is not known to be complete.',
	],
	arguments: [
		{name: 'CRT', optional: true, completes: 'file', help: 'The certificate, followed by its chain. With --learn it is left out.'},
		{name: 'KEY', optional: true, completes: 'file', help: 'Its private key. With --learn it is left out.'},
		{name: '[USER@]HOST[:PORT]', multiple: true, help: 'The appliances.'},
	],
	options: {
		host,
		console: {
			type: 'string',
			value: 'HOST:PORT',
			multiple: true,
			help: 'Where users reach the console, one for each appliance. Default: port 443.',
		},
		profile: {
			type: 'string',
			value: 'NAME|FILE',
			completes: 'file',
			default: 'tanos-console',
			help: 'What the console shows: tanos-console, tanos or a file. Default: tanos-console.',
		},
		'copy-user': {type: 'string', value: 'USER', default: 'tancopy', help: 'The account for the upload. Default: tancopy.'},
		'password-file': {type: 'string', value: 'FILE', completes: 'file', help: 'The password of the account of the console.'},
		'copy-password-file': {type: 'string', value: 'FILE', completes: 'file', help: 'The password of the account for the upload.'},
		'console-password-file': {type: 'string', value: 'FILE', completes: 'file', help: 'The password of the Tanium Console admin user.'},
		report: {
			type: 'string',
			value: 'DIR',
			completes: 'folder',
			help: 'The folder for report.md, report.json and session.cast. Default: tanos-replace-TIME.',
		},
		'dry-run': {type: 'boolean', help: 'Check, look, try both accounts and print the steps. Changes nothing.'},
		learn: {
			type: 'boolean',
			help: 'Walk to the first question that would change something, answer no, and write the corrected profile.json.',
		},
		yes: {type: 'boolean', help: 'Do not ask before the first appliance is changed. For scripts.'},
		identity,
		'known-hosts': knownHosts,
		config,
		'delete-key': deleteKey,
		'keep-key': keepKey,
	},
	exclusive: ['delete-key', 'keep-key'],
	examples: [
		{line: 'tanos replace --learn --profile tanos ts1.example.com', does: 'Learns what the console of an appliance shows.'},
		{line: 'tanos replace SOAPServer.crt SOAPServer.key tanadmin@ts1.example.com', does: 'Replaces the pair of one appliance.'},
		{line: 'tanos replace SOAPServer.crt SOAPServer.key ts1.example.com --dry-run', does: 'Shows what it would do.'},
	],
} as const satisfies CommandDefinition;
