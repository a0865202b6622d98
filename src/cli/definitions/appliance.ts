import {jsonOption, rootOption, type CommandDefinition} from './definition.js';

export const createDefinition = {
	name: 'appliance create',
	summary: 'Create a sandbox appliance in a folder and start it',
	about: [
		'Prints its name, ports and initial passwords. The passwords are shown only once.',
		'An appliance with one server only has to be registered with one that has the other; tanos lab create makes such appliances at once.',
	],
	arguments: [],
	options: {
		...rootOption,
		name: {type: 'string', value: 'FQDN', default: 'ts1.example.com', help: 'The name of the appliance.'},
		role: {
			type: 'string',
			value: 'ROLE',
			default: 'all-in-one',
			completes: ['all-in-one', 'tanium-server', 'module-server'],
			help: 'Which servers it has.',
		},
		'authorized-key': {type: 'string', value: 'FILE', completes: 'file', help: 'An SSH public key that may sign in as tanadmin.'},
		...jsonOption,
	},
	examples: [
		{line: 'tanos appliance create --name ts1.example.com', does: 'Creates a sandbox in the default folder.'},
		{line: 'tanos appliance create --root /srv/ts1 --json', does: 'Creates one in /srv/ts1 and prints its data as JSON.'},
	],
} as const satisfies CommandDefinition;

export const startDefinition = {
	name: 'appliance start',
	summary: 'Start the services of a sandbox appliance, SSH and SFTP',
	about: ['Services that are already running are left alone.'],
	arguments: [],
	options: rootOption,
	examples: [{line: 'tanos appliance start', does: 'Starts the appliance in the default folder.'}],
} as const satisfies CommandDefinition;

export const stopDefinition = {
	name: 'appliance stop',
	summary: 'Stop the services of a sandbox appliance, SSH and SFTP',
	about: ['Refuses while an installation is in progress.'],
	arguments: [],
	options: rootOption,
	examples: [{line: 'tanos appliance stop', does: 'Stops the appliance in the default folder.'}],
} as const satisfies CommandDefinition;

export const drillDefinition = {
	name: 'appliance drill',
	summary: 'Simulate a failure of the Tanium Server',
	about: ['Makes the Tanium Server fail with any certificate other than the installed one, so that an installation is rolled back.'],
	arguments: [
		{
			name: 'KIND',
			completes: ['fails-to-start', 'dies-after-start', 'off'],
			help: 'How it fails: fails-to-start or dies-after-start. off ends the drill.',
		},
	],
	options: rootOption,
	examples: [
		{line: 'tanos appliance drill fails-to-start', does: 'The next certificate that is installed will be rolled back.'},
		{line: 'tanos appliance drill off', does: 'Ends the drill.'},
	],
} as const satisfies CommandDefinition;
