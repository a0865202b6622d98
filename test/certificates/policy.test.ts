// What a server of a host does not ask for, and Tanium's documents do. Each pair is checked by both policies.
import test from 'ava';
import {checkPair} from '../../src/certificates/check.js';
import {hostPolicy, taniumPolicy, type Policy} from '../../src/certificates/rules/policy.js';
import {bits} from './fixtures/der.js';
import {certificateName, keyName, pemOf, uploaded} from './fixtures/files.js';
import {ec, pkcs8, rsa} from './fixtures/keys.js';
import {
	algorithms,
	at,
	certificate,
	clientAuth,
	extendedKeyUsage,
	extension,
	intermediate,
	keyUsage,
	serverAuth,
	type Options,
} from './fixtures/make.js';

const digitalSignature = keyUsage(0x80, 7);
const forServers = extension('2.16.840.1.113730.1.1', bits(Buffer.from([0x40]), 4));

type Case = {what: string; options?: Options; authority?: Options; key?: ReturnType<typeof rsa>; host: string[]; tanium: string[]};

const cases: Case[] = [
	{what: 'no extended key usage', options: {extensions: {extendedKeyUsage: undefined}}, host: [], tanium: ['error extended-key-usage']},
	{
		what: 'an extended key usage for servers alone',
		options: {extensions: {extendedKeyUsage: extendedKeyUsage(serverAuth)}},
		host: [],
		tanium: ['error extended-key-usage'],
	},
	{
		what: 'an extended key usage for clients alone',
		options: {extensions: {extendedKeyUsage: extendedKeyUsage(clientAuth)}},
		host: ['error extended-key-usage'],
		tanium: ['error extended-key-usage'],
	},
	{what: 'no key usage', options: {extensions: {keyUsage: undefined}}, host: [], tanium: ['warning key-usage']},
	{
		what: 'an RSA key whose key usage lacks keyEncipherment',
		options: {extensions: {keyUsage: digitalSignature}},
		host: ['warning key-usage'],
		tanium: ['warning key-usage'],
	},
	{
		what: 'an EC key with the key usage digitalSignature',
		key: ec('policy'),
		options: {extensions: {keyUsage: digitalSignature}},
		host: [],
		tanium: ['error key-type'],
	},
	{what: 'an RSA key of 3072 bits', key: rsa('policy', 3072), host: [], tanium: ['warning key-size']},
	{what: 'an RSA key of 1024 bits', key: rsa('small policy', 1024), host: ['error key-size'], tanium: ['error key-size']},
	{what: 'SHA-384', options: {algorithm: algorithms.sha384}, host: [], tanium: ['warning signature-algorithm']},
	{what: 'SHA-1', options: {algorithm: algorithms.sha1}, host: ['error signature-algorithm'], tanium: ['error signature-algorithm']},
	{
		what: 'a Netscape certificate type for servers alone',
		options: {extensions: {netscape: forServers}},
		host: [],
		tanium: ['error netscape-cert-type'],
	},
	{
		what: 'a CA for servers alone',
		authority: {extensions: {extendedKeyUsage: extendedKeyUsage(serverAuth)}},
		host: [],
		tanium: ['error chain-purpose'],
	},
	{
		what: 'a CA for clients alone',
		authority: {extensions: {extendedKeyUsage: extendedKeyUsage(clientAuth)}},
		host: ['error chain-purpose'],
		tanium: ['error chain-purpose'],
	},
];

for (const {what, options, authority, key = rsa('leaf'), host, tanium} of cases) {
	const find = (policy: Policy) => {
		const chain = pemOf(certificate({key: key.publicKey, ...options}), intermediate(authority));
		const files = [uploaded(certificateName, chain), uploaded(keyName, pkcs8(key.privateKey))] as const;
		return checkPair(...files, {hosts: ['ts1.example.com'], at, policy}).findings.map(({severity, id}) => `${severity} ${id}`);
	};

	test(`${what}, for a server of a host`, t => {
		t.deepEqual(find(hostPolicy), host);
	});

	test(`${what}, for a Tanium Server`, t => {
		t.deepEqual(find(taniumPolicy), tanium);
	});
}
