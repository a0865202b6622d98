import {requestDefinition} from './certificate.js';
import type {CommandDefinition} from './definition.js';

export const selfsignDefinition = {
	name: 'KeyUtility selfsign',
	summary: 'Create a key and a request with the words of KeyUtility.exe',
	about: [
		"Takes the command line of Tanium's document and does what tanos certificate request does, on this machine. The first word may be "
			+ 'in upper or lower case, and may end in .exe.',
		'--out is a path of this machine. A path of Windows, such as C:\\temp\\SOAPServer, would be the name of one file here: it is refused, '
			+ 'and the message shows a path that works.',
	],
	arguments: [],
	options: {
		'export-csr': {
			type: 'boolean',
			help: 'Write OUT.csr, the request for the CA, as well. Without it only OUT.key and the self-signed OUT.crt are written.',
		},
		...requestDefinition.options,
	},
	examples: [
		{
			line: 'tanos KeyUtility selfsign --export-csr --hostname ms1.example.com --out ssl',
			does: 'Creates ssl.key, ssl.csr and ssl.crt in the current folder.',
		},
	],
} as const satisfies CommandDefinition;

const guideWords =
	"Guides you through the procedure of Tanium's document for servers on Windows, and changes nothing itself. It shows each step, "
	+ 'waits until you press Enter because it is done, and reads over TLS what each server '
	+ 'presents. no or Ctrl+C stops, and prints the command that goes on. Without a terminal each answer is a line of standard input. The '
	+ 'exit code is 0 when the new certificate and its chain are served, otherwise 1.';

const keyWords =
	'The pair is checked first as tanos certificate check does it. Without KEY, which then is on the server where its request was made, the '
	+ 'certificate is checked alone.';

const pairArguments = [
	{name: 'CRT', completes: 'file', help: 'The new certificate, followed by its chain.'},
	{name: 'KEY', optional: true, completes: 'file', help: 'Its private key, if it is on this machine.'},
] as const satisfies CommandDefinition['arguments'];

const guideOptions = {
	ca: {type: 'string', value: 'FILE', completes: 'file', help: 'The root certificate of your CA, for the check.'},
	from: {type: 'string', value: 'STEP', default: '1', help: 'The number of the step to begin with.'},
	'dry-run': {type: 'boolean', help: 'Print the steps. No file is read, and nothing is connected to.'},
} as const satisfies CommandDefinition['options'];

const thenModuleServer = {
	'then-module-server': {
		type: 'boolean',
		help: 'Leave the registration to tanos windows module-server: the Module Server gets a new certificate, too.',
	},
} as const satisfies CommandDefinition['options'];

export const standaloneDefinition = {
	name: 'windows standalone',
	summary: 'Guide you through replacing the certificate of a Tanium Server',
	about: [guideWords, keyWords],
	arguments: [...pairArguments, {name: 'HOST[:PORT]', help: 'The Tanium Server as its users name it. Default: port 443.'}],
	options: {...guideOptions, ...thenModuleServer},
	examples: [
		{line: 'tanos windows standalone SOAPServer.crt SOAPServer.key ts1.example.com', does: 'Guides you through the procedure.'},
		{line: 'tanos windows standalone SOAPServer.crt ts1.example.com --dry-run', does: 'Prints the steps.'},
	],
} as const satisfies CommandDefinition;

export const activeActiveDefinition = {
	name: 'windows active-active',
	summary: 'Guide you through replacing the certificates of two Tanium Servers',
	about: [
		guideWords,
		`${keyWords} Both servers get this pair unless --secondary-crt names a certificate of the secondary one.`,
		'The primary Tanium Server comes first, and the secondary one only when the primary presents its new certificate.',
	],
	arguments: [
		...pairArguments,
		{name: 'PRIMARY[:PORT]', help: 'The primary Tanium Server as its users name it. Default: port 443.'},
		{name: 'SECONDARY[:PORT]', help: 'The secondary Tanium Server.'},
	],
	options: {
		'secondary-crt': {type: 'string', value: 'FILE', completes: 'file', help: 'A certificate of its own for the secondary Tanium Server.'},
		'secondary-key': {type: 'string', value: 'FILE', completes: 'file', help: 'The private key of --secondary-crt.'},
		...guideOptions,
		...thenModuleServer,
	},
	examples: [
		{
			line: 'tanos windows active-active SOAPServer.crt ts1.example.com ts2.example.com',
			does: 'Guides you with one certificate for both servers.',
		},
	],
} as const satisfies CommandDefinition;

export const moduleServerDefinition = {
	name: 'windows module-server',
	summary: 'Guide you through replacing the certificate of a Module Server',
	about: [guideWords, keyWords],
	arguments: [...pairArguments, {name: 'HOST[:PORT]', help: 'The Module Server as the Tanium Servers name it. Default: port 17477.'}],
	options: {
		'tanium-server': {
			type: 'string',
			value: 'HOST[:PORT]',
			multiple: true,
			required: true,
			help: 'A Tanium Server to register the Module Server with. Default: port 443.',
		},
		...guideOptions,
	},
	examples: [
		{
			line: 'tanos windows module-server ssl.crt ms1.corp --tanium-server ts1.corp',
			does: 'Guides you with a key that is on the Module Server.',
		},
	],
} as const satisfies CommandDefinition;
