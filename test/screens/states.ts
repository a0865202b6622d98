// One state of the console for each kind of screen, with everything in it that such a screen can show.
import {keyTable} from '../../src/console/key-table.js';
import type {ConsoleState, ConversationView} from '../../src/console/state.js';
import type {Entry} from '../../src/console/transcript.js';
import {emptyConversation, mainMenu} from '../console/typist.js';

function talking(view: Partial<ConversationView>, line = ''): ConsoleState {
	return {...mainMenu, line, view: {...emptyConversation, title: '2-4  Install Custom SOAP Cert', ...view}};
}

const everything: Entry[] = [
	{
		kind: 'text',
		text: "Replaces the Tanium Server's certificate and key with SOAPServer.crt and SOAPServer.key from /incoming.",
		tone: 'plain',
	},
	{kind: 'answer', prompt: 'Proceed with the installation? [YES/NO]:', text: 'YES'},
	{kind: 'step', title: 'Read both files from /incoming', state: 'done', took: 12},
	{kind: 'step', title: 'Verify over TLS that the new certificate is served', state: 'failed', took: 61_234},
	{kind: 'step', title: 'Start the Tanium Server', state: 'running', took: 0},
	{kind: 'text', text: 'warning cert-expires-soon (SOAPServer.crt): 12 days left.', tone: 'warning'},
	{
		kind: 'table',
		heads: true,
		rows: [
			['', 'Installed', 'New'],
			['Subject', 'ts1.example.com', 'ts1.example.com'],
			['Valid to', '2031-01-01', '2039-12-31'],
		],
	},
	{kind: 'text', text: 'Upload both by SFTP:\n  sftp -P 2222 tancopy@127.0.0.1', tone: 'dim'},
	{kind: 'text', text: 'Installed.', tone: 'good'},
];

const many: Entry[] = [{kind: 'text', text: Array.from({length: 70}, (_, number) => `Line ${number + 1}`).join('\n'), tone: 'plain'}];

export const states: Record<string, ConsoleState> = {
	'the main menu': mainMenu,
	'the main menu for tanuser': {
		...mainMenu,
		user: {name: 'tanuser', role: 'tanuser'},
		view: {kind: 'menu', path: [], selected: 3, notice: ''},
	},
	'the main menu with a certificate that ends soon': {
		...mainMenu,
		certificate: {text: 'Certificate valid to 2040-01-01, 5 days left', tone: 'bad'},
	},
	'a submenu with disabled entries and a notice': {
		...mainMenu,
		line: 'x',
		view: {kind: 'menu', path: ['2'], selected: 10, notice: '2-3 (Manage License): not part of this release.'},
	},
	'the keys': talking({
		title: 'Keys',
		entries: [{kind: 'table', rows: keyTable.map(({keys, does}) => [keys, does]), heads: false}],
		question: {kind: 'pause', prompt: 'Press Enter to continue.'},
	}),
	'sign-in': {
		appliance: mainMenu.appliance,
		columns: 80,
		rows: 24,
		line: 'tanad',
		view: {
			...emptyConversation,
			title: 'Sign In',
			entries: [{kind: 'text', text: 'Sandbox appliance ts1.example.com', tone: 'plain'}],
			question: {kind: 'ask', prompt: 'Login:'},
		},
	},
	'a conversation of everything, under way': talking({entries: everything}),
	'a conversation that asks': talking(
		{
			entries: everything.slice(0, 1),
			question: {kind: 'ask', prompt: 'Back up the installed pair to /outgoing, and install the new one? [Y/N]:'},
			notice: 'Enter Y or N.',
		},
		'maybe',
	),
	'a question with choices': talking(
		{
			title: '2-1  Start, Stop and Restart Tanium Services',
			selected: 1,
			entries: everything.slice(2, 3),
			question: {
				kind: 'ask',
				prompt: 'Line number of the service, or R:',
				choices: [
					{key: '1', label: 'taniumserver          running since 2030-01-01 00:00:00 UTC, pid 4711'},
					{key: '2', label: 'taniummoduleserver    stopped'},
					{key: '3', label: 'patch                 running since 2030-01-01 00:00:00 UTC, pid 4713'},
				],
			},
		},
		'2',
	),
	'a question with more choices than fit': talking({
		selected: 40,
		question: {
			kind: 'ask',
			prompt: 'Line number:',
			choices: Array.from({length: 60}, (_, number) => ({key: String(number + 1), label: `Setting ${number + 1}`})),
		},
	}),
	'a secret': talking({title: 'P  Change Password', question: {kind: 'secret', prompt: 'Current password:'}}, 'Secret-1'),
	'a long conversation': talking({entries: many, question: {kind: 'pause', prompt: 'Press Enter to continue.'}}),
	'a long conversation, scrolled back': talking({entries: many, question: {kind: 'pause', prompt: 'Press Enter to continue.'}, scroll: 20}),
	'a line that is longer than the terminal': talking({question: {kind: 'ask', prompt: 'Name:'}}, `${'0123456789'.repeat(25)}漢字`),
	'a cursor within the line': {...talking({question: {kind: 'ask', prompt: 'Name:'}}, 'ts1.example.com'), behind: 12},
	'a cursor at the start of a long line': {...talking({question: {kind: 'ask', prompt: 'Name:'}}, '0123456789'.repeat(25)), behind: 250},
	'a fault': {...mainMenu, view: {kind: 'crash', reference: '1a2b3c4d'}},
	'names that are too long': {
		...mainMenu,
		appliance: {...mainMenu.appliance, name: `${'a'.repeat(52)}.example.com`, role: 'Tanium Module Server', machine: 'module-server'},
		user: {name: 'n'.repeat(80), role: 'tanadmin'},
	},
};

/** These states have their own sizes of terminal. */
export const sizes = [
	[80, 24],
	[200, 50],
	[60, 15],
	[40, 12],
] as const;
