import {jsonOption, type CommandDefinition} from './definition.js';

const target = {name: 'TARGET', help: 'The name of a target: of a file in /etc/tanos/targets.d, without .json.'} as const;
const pair = [
	{name: 'CRT', completes: 'file', help: 'The certificate file: the certificate of the server, then its chain.'},
	{name: 'KEY', completes: 'file', help: 'The key file.'},
] as const;

export const hostTargetsDefinition = {
	name: 'host targets',
	summary: 'List the TLS services of this host whose certificate can be replaced',
	about: ['A target is a file in /etc/tanos/targets.d. docs/host.md describes the format.'],
	arguments: [],
	options: jsonOption,
	examples: [{line: 'tanos host targets', does: 'Lists the targets, and what is wrong with a file that is none.'}],
} as const satisfies CommandDefinition;

export const hostCheckDefinition = {
	name: 'host check',
	summary: 'Check whether a target of this host serves its installed certificate and can be changed',
	about: [
		'Changes nothing. Checks the unit, the installed files, and what each probe presents; and the files of a new pair if they are named.',
		'The exit code is 1 if something would keep an installation from succeeding.',
	],
	arguments: [target, {...pair[0], optional: true}, {...pair[1], optional: true}],
	options: jsonOption,
	examples: [
		{line: 'tanos host check nginx', does: 'Checks the target nginx.'},
		{line: 'tanos host check nginx new.crt new.key', does: 'Checks the target and a new pair for it.'},
	],
} as const satisfies CommandDefinition;

export const hostInstallDefinition = {
	name: 'host install',
	summary: 'Replace the certificate and key of a target of this host, and prove it over TLS',
	about: [
		'Run it as root. The pair is checked and staged, the installed one is backed up in /var/lib/tanos/backups, the unit is restarted or '
			+ 'reloaded, and every probe must present the new certificate; otherwise the old pair is put back.',
		'It asks nothing. The exit code is 0 for installed, 1 for not installed, 3 if the host needs manual intervention.',
	],
	arguments: [target, ...pair],
	options: jsonOption,
	examples: [{line: 'tanos host install nginx new.crt new.key', does: 'Installs the pair in new.crt and new.key for the target nginx.'}],
} as const satisfies CommandDefinition;

export const hostRecoverDefinition = {
	name: 'host recover',
	summary: 'Finish or undo an interrupted installation on this host',
	about: [
		'Run it as root. The exit code is 3 if the host needs manual intervention.',
		'The unit tanos-recover.service runs it at each boot.',
	],
	arguments: [],
	options: {
		...jsonOption,
		'if-unlocked': {type: 'boolean', help: 'Exit with 0 when an installation is under way just now, which is refused otherwise.'},
	},
	examples: [{line: 'tanos host recover', does: 'Recovers after a power cut, for example.'}],
} as const satisfies CommandDefinition;

export const hostConsoleDefinition = {
	name: 'host console',
	summary: 'Open the console of this host, or run one command of it',
	about: [
		'Needs no privileges: what changes something runs in a service of systemd, for members of the groups tanadmin and tanuser.',
		'Without words it runs the command in SSH_ORIGINAL_COMMAND, as ForceCommand of sshd_config(5) has it.',
	],
	arguments: [{name: 'COMMAND', optional: true, multiple: true, help: 'A command, such as soap install.'}],
	options: {},
	examples: [
		{line: 'tanos host console', does: 'Opens the console.'},
		{line: 'tanos host console soap history', does: 'Runs one command.'},
	],
} as const satisfies CommandDefinition;

export const hostServeDefinition = {
	name: 'host serve',
	summary: 'Run one session for a console; systemd calls it',
	about: ['tanos-admin@.service and tanos-user@.service run it, with the connection as standard input.'],
	arguments: [
		{name: 'INSTANCE', help: 'The instance name of the unit, %i.'},
		{name: 'ROLE', completes: ['tanadmin', 'tanuser'], help: 'The role that the socket is for.'},
	],
	options: {},
	examples: [{line: 'tanos host serve %i tanadmin', does: 'Serves an administrator.'}],
} as const satisfies CommandDefinition;

export const hostConvertDefinition = {
	name: 'host convert',
	summary: 'Convert an upload for a session; systemd calls it',
	about: ['tanos-convert@.service runs it without privileges, with the connection as standard input and output.'],
	arguments: [],
	options: {},
	examples: [{line: 'tanos host convert', does: 'Reads a conversion from standard input and answers on standard output.'}],
} as const satisfies CommandDefinition;

export const hostSetupDefinition = {
	name: 'host setup',
	summary: 'Set up the console of this host, and let its sessions write the folders of the targets',
	about: [
		'Run it as root after a change of /etc/tanos/targets.d. It writes targets.conf in /etc/systemd/system/tanos-admin@.service.d, as the '
			+ 'units of sessions may write nothing else, and has systemd read it. Sessions that are open keep what they had.',
		'On a host without the package it also writes /usr/bin/tanos, the units, accounts and folders, and a part of the configuration of sshd, '
			+ 'which is reloaded if `sshd -t` takes it; and enables the units. It says of each whether it was done.',
	],
	arguments: [],
	options: {
		'dry-run': {type: 'boolean', help: 'Say what would be changed, and change nothing.'},
		undo: {type: 'boolean', help: 'Undo it all. Accounts, folders and what is in them stay.'},
		...jsonOption,
	},
	examples: [{line: 'tanos host setup --dry-run', does: 'Says what would be changed.'}],
} as const satisfies CommandDefinition;

export const hostDoctorDefinition = {
	name: 'host doctor',
	summary: 'Check everything that the console of this host needs, each with its fix',
	about: ['Run it as root. Changes nothing. The exit code is 1 if something is wrong.'],
	arguments: [],
	options: jsonOption,
	examples: [{line: 'tanos host doctor', does: 'Checks units, groups, sshd, targets and what is served.'}],
} as const satisfies CommandDefinition;

export const hostHealthDefinition = {
	name: 'host health',
	summary: 'Check the health of this host and its targets, and keep the result',
	about: [
		'Run it as root. tanos-health.timer runs it every day at 02:00 UTC. 3-6 of the console shows the last result, and the report replaces '
			+ 'health.log in /home/tancopy/outgoing.',
		'The exit code is 1 if a check is bad or a file in /etc/tanos/targets.d describes no target.',
	],
	arguments: [],
	options: jsonOption,
	examples: [{line: 'tanos host health', does: 'Checks services, certificates, what is served, and the disk.'}],
} as const satisfies CommandDefinition;

export const hostMetricsDefinition = {
	name: 'host metrics',
	summary: 'Print what monitoring watches on this host, in the text format of Prometheus',
	about: [
		'Run it as root. tanos-metrics.timer writes the metrics every five minutes for the textfile collector of the node exporter.',
		'The exit code is 1 if a file in /etc/tanos/targets.d describes no target; the metrics of the others are complete.',
	],
	arguments: [],
	options: {
		output: {type: 'string', value: 'FILE', completes: 'file', help: 'Replace this file, once it is complete, instead of printing.'},
	},
	examples: [{line: 'tanos host metrics', does: 'Prints the metrics of all targets.'}],
} as const satisfies CommandDefinition;
