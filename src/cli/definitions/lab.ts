import {jsonOption, type CommandDefinition} from './definition.js';

const labOption = {
	root: {
		type: 'string',
		value: 'DIR',
		completes: 'folder',
		help: 'The folder of the lab. Default: the default folder of an appliance, with -lab.',
	},
} as const satisfies CommandDefinition['options'];

export const labCreateDefinition = {
	name: 'lab create',
	summary: 'Create the sandbox appliances of a deployment and start them',
	about: [
		'standalone is a Tanium Server and a Module Server on an appliance each, active-active two Tanium Servers and a Module Server. Each '
			+ 'appliance has a folder, a loopback address (127.77.0.N) with the usual ports, and SSH of its own, and knows the others by name. '
			+ 'The Module Server is registered with each Tanium Server.',
		'Prints names, addresses and initial passwords. The passwords are shown only once.',
	],
	arguments: [
		{name: 'DEPLOYMENT', completes: ['all-in-one', 'standalone', 'active-active'], help: 'all-in-one, standalone or active-active.'},
	],
	options: {
		...labOption,
		name: {
			type: 'string',
			value: 'FQDN',
			multiple: true,
			help: 'The name of an appliance, Tanium Servers first. Default: ts1.example.com, ts2, tms1.',
		},
		...jsonOption,
	},
	examples: [
		{line: 'tanos lab create standalone', does: 'Creates a Tanium Server and a Module Server.'},
		{
			line: 'tanos lab create active-active --root /srv/lab --json',
			does: 'Creates three appliances in /srv/lab and prints their data as JSON.',
		},
	],
} as const satisfies CommandDefinition;

export const labStatusDefinition = {
	name: 'lab status',
	summary: "Show a lab's services and try all its connections",
	about: ['Exit code 0 when every service runs and every connection works, else 1.'],
	arguments: [],
	options: {...labOption, ...jsonOption},
	examples: [{line: 'tanos lab status', does: 'Shows the appliances of the lab in the default folder.'}],
} as const satisfies CommandDefinition;

export const labStartDefinition = {
	name: 'lab start',
	summary: 'Start all appliances of a lab',
	about: ['Services that are already running are left alone.'],
	arguments: [],
	options: labOption,
	examples: [{line: 'tanos lab start', does: 'Starts the lab in the default folder.'}],
} as const satisfies CommandDefinition;

export const labStopDefinition = {
	name: 'lab stop',
	summary: 'Stop all appliances of a lab',
	about: ['Refuses while an installation is in progress on one of them.'],
	arguments: [],
	options: labOption,
	examples: [{line: 'tanos lab stop', does: 'Stops the lab in the default folder.'}],
} as const satisfies CommandDefinition;

export const labRemoveDefinition = {
	name: 'lab remove',
	summary: 'Stop all appliances of a lab and delete their folders',
	about: ['Deletes the folders of the appliances with everything in them.'],
	arguments: [],
	options: labOption,
	examples: [{line: 'tanos lab remove --root /srv/lab', does: 'Deletes the lab in /srv/lab.'}],
} as const satisfies CommandDefinition;
