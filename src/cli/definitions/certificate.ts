import {atOption, jsonOption, rootOption, type CommandDefinition} from './definition.js';

export const checkDefinition = {
	name: 'certificate check',
	summary: 'Report everything that is wrong with a certificate and its key',
	about: [
		'Each finding says what was found and what to do; tanos certificate explain ID says more. The exit code is 0 if every pair can be '
			+ 'installed, otherwise 1.',
		'Several pairs may follow one another, and a folder stands for the pair in it. - is standard input. A '
			+ 'certificate alone is checked without its key; for a certificate signing request alone, it reports what a certificate made '
			+ 'from it would lack.',
	],
	arguments: [
		{name: 'CRT', completes: 'file', help: 'The certificate, followed by its chain. Or a request.'},
		{name: 'KEY', completes: 'file', optional: true, multiple: true, help: 'Its private key, and more pairs. A folder has its own.'},
	],
	options: {
		host: {type: 'string', value: 'NAME[,NAME]', multiple: true, help: 'A name that the certificate must be valid for.'},
		ca: {type: 'string', value: 'FILE', completes: 'file', help: 'The root certificate of your CA, in PEM, DER or PKCS#7.'},
		...atOption,
		...jsonOption,
	},
	examples: [
		{line: 'tanos certificate check SOAPServer.crt SOAPServer.key', does: 'Checks a pair.'},
		{line: 'tanos certificate check srv.crt srv.key --host ts1.example.com --ca ca.crt', does: 'Checks the name and the root as well.'},
	],
} as const satisfies CommandDefinition;

export const convertDefinition = {
	name: 'certificate convert',
	summary: 'Write a certificate and its key in PEM, whatever form they have',
	about: [
		'Does the conversions of 2-4 without a console: PKCS#12, PKCS#7, DER, passphrases, the order of the chain, damaged text. Writes '
			+ 'SOAPServer.crt and SOAPServer.key to the folder. An existing file is never overwritten.',
		'A passphrase is asked for, three times at most. Without a terminal, each is a line of standard input.',
	],
	arguments: [
		{name: 'CRT', completes: 'file', help: 'The certificate, or a file with both, or a key alone.'},
		{name: 'KEY', completes: 'file', optional: true, help: 'The private key.'},
	],
	options: {
		out: {type: 'string', value: 'FOLDER', completes: 'folder', required: true, help: 'The folder for the files. It is created.'},
		...jsonOption,
	},
	examples: [
		{line: 'tanos certificate convert server.pfx --out new', does: 'Splits a PKCS#12 bundle.'},
		{line: 'tanos certificate convert server.cer server.key --out new', does: 'Converts a pair.'},
	],
} as const satisfies CommandDefinition;

export const explainDefinition = {
	name: 'certificate explain',
	summary: 'Explain a finding of the check: its reason, an example and the fix',
	about: ['Without an ID it lists all of them.'],
	arguments: [{name: 'ID', optional: true, help: 'The id of a finding, such as chain-order.'}],
	options: jsonOption,
	examples: [{line: 'tanos certificate explain chain-order', does: 'Explains a finding.'}],
} as const satisfies CommandDefinition;

export const requestDefinition = {
	name: 'certificate request',
	summary: 'Create a key, a certificate signing request and a self-signed certificate',
	about: ['Writes OUT.key (mode 0600), OUT.csr and OUT.crt. An existing file is never overwritten.'],
	arguments: [],
	options: {
		hostname: {
			type: 'string',
			value: 'NAME[,NAME]',
			multiple: true,
			required: true,
			help: 'The names of the server. The first one is also the common name.',
		},
		out: {
			type: 'string',
			value: 'OUT',
			completes: 'file',
			required: true,
			help: 'The folder and the name of the files without an extension, such as FOLDER/SOAPServer.',
		},
		organization: {type: 'string', value: 'TEXT', help: 'The organization in the subject.'},
		'organizational-unit': {type: 'string', value: 'TEXT', help: 'The organizational unit in the subject.'},
		locality: {type: 'string', value: 'TEXT', help: 'The city in the subject.'},
		state: {type: 'string', value: 'TEXT', help: 'The state or province in the subject.'},
		country: {type: 'string', value: 'XX', help: 'The country in the subject, two letters.'},
		days: {type: 'string', value: 'N', default: '365', help: 'How long the self-signed certificate is valid, in days.'},
		...jsonOption,
	},
	examples: [
		{line: 'tanos certificate request --hostname ts1.example.com --out new/SOAPServer', does: 'Creates the three files in the folder new.'},
	],
} as const satisfies CommandDefinition;

export const showDefinition = {
	name: 'certificate show',
	summary: 'Describe what a file holds, or what a server presents',
	about: [
		'Describes every block of a file in PEM or DER: certificates, requests, revocation lists, public keys. Private keys are named, and '
			+ 'nothing of them is shown. What could not be read is named with its line, and the exit code is 1. - is standard input.',
		'A server is named as HOST:PORT, [IPv6]:PORT or https://HOST[:PORT]. If a file of that name exists, it is read instead.',
	],
	arguments: [{name: 'FILE|HOST:PORT', completes: 'file', help: 'A file with certificates, requests or the like, or a TLS server.'}],
	options: {
		servername: {type: 'string', value: 'NAME', help: 'The name to ask the server for (SNI). Default: HOST.'},
		...atOption,
		...jsonOption,
	},
	examples: [
		{line: 'tanos certificate show SOAPServer.csr', does: 'Describes a request.'},
		{line: 'tanos certificate show ts1.example.com:443', does: 'Describes the chain that a server presents.'},
	],
} as const satisfies CommandDefinition;

export const signDefinition = {
	name: 'certificate sign',
	summary: 'Sign a request with the lab CA of a sandbox, for testing',
	about: [
		'Prints the certificate and its issuer in PEM. The path of the root certificate goes to standard error. '
			+ 'Every certificate of the lab CA says LAB ONLY: no production system should trust it.',
	],
	arguments: [{name: 'REQUEST', completes: 'file', help: 'The certificate signing request.'}],
	options: {
		lab: {type: 'boolean', required: true, help: 'Confirms that the certificate is for testing only.'},
		'as-required': {
			type: 'boolean',
			help: 'Add what a certificate of the Tanium Server must have. Without it the certificate has what the request asks for.',
		},
		...rootOption,
		out: {type: 'string', value: 'FILE', completes: 'file', help: 'Write the certificate to this file, which must not exist.'},
		days: {type: 'string', value: 'N', default: '365', help: 'How long the certificate is valid, in days.'},
		...jsonOption,
	},
	examples: [{line: 'tanos certificate sign SOAPServer.csr --lab --out SOAPServer.crt', does: 'Signs a request for testing.'}],
} as const satisfies CommandDefinition;
