// The handshake before an installation: whatever the check accepts passes it, and it says why it refuses the rest.
import test from 'ava';
import {testHandshake} from '../../src/installation/test-handshake.js';
import {Problem} from '../../src/problem.js';
import {allCases, isGood} from '../certificates/fixtures/all-cases.js';
import type {Case} from '../certificates/fixtures/case.js';
import {certificateName, chainHaving, chainWith, goodKey, keyName, pemOf, uploaded, type Content} from '../certificates/fixtures/files.js';
import {bits} from '../certificates/fixtures/der.js';
import {certificate, extendedKeyUsage, extension, intermediate, root, serverAuth} from '../certificates/fixtures/make.js';

for (const row of allCases.filter(one => isGood(one))) {
	test(`accepted, and passes: ${row.name}`, async t => {
		await t.notThrowsAsync(testHandshake(pairOf(row)));
	});
}

for (const [what, file, reason] of [
	[
		'an authority for servers only',
		() => pemOf(certificate(), intermediate({extensions: {extendedKeyUsage: extendedKeyUsage(serverAuth)}}), root()),
		/certificate of the client: INVALID_PURPOSE/,
	],
	[
		'a certificate for clients only',
		() => chainHaving({netscape: netscape(0x80)}),
		/certificate of the server: .*purpose.*INVALID_PURPOSE/,
	],
	['a certificate for servers only', () => chainHaving({netscape: netscape(0x40)}), /certificate of the client: INVALID_PURPOSE/],
] as const) {
	test(`refused, with the reason: ${what}`, async t => {
		const problem = await t.throwsAsync<Problem>(testHandshake(pairOf({name: what, certificate: file, findings: []})), {
			instanceOf: Problem,
		});
		t.is(problem.code, 'rehearsal-failed');
		t.regex(problem.message, reason);
		t.regex(problem.hint, /a matter for the CA/);
	});
}

function pairOf({certificate: file = chainWith, key = goodKey}: Case): {certificate: Buffer; key: Buffer} {
	return {certificate: bytesOf(certificateName, file()), key: bytesOf(keyName, key())};
}

function bytesOf(name: string, content: Content): Buffer {
	const file = uploaded(name, content);
	return file.state === 'read' ? file.bytes : Buffer.alloc(0);
}

function netscape(byte: number): Buffer {
	return extension('2.16.840.1.113730.1.1', bits(Buffer.from([byte]), 4));
}
