// 2-4 with files that are not called SOAPServer.crt and SOAPServer.key: they are found by what they hold.
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {goodKey, pemOf} from '../certificates/fixtures/files.js';
import {at, certificate, intermediate, root} from '../certificates/fixtures/make.js';
import {installPair} from '../helpers/sandbox.js';
import {signedIn} from './console-session.js';

async function consoleWith(t: ExecutionContext, files: Record<string, string | Buffer>) {
	const opened = await signedIn(t, 'tanadmin', {now: () => at});
	const {layout} = opened;
	for (const folder of [layout.incoming, layout.taniumServer]) {
		await mkdir(folder, {recursive: true});
	}

	await installPair(layout);
	for (const [name, content] of Object.entries(files)) {
		await writeFile(path.join(layout.incoming, name), content, {mode: 0o600});
	}

	return {...opened, text: () => opened.said().join(' ').replaceAll(/\s+/g, ' ')};
}

test('a certificate, its key and its chain are chosen one after the other', async t => {
	const {typist, text} = await consoleWith(t, {
		'server (1).crt': pemOf(certificate()),
		'a copy of server (1).pem': goodKey(),
		'chain.p7b': intermediate(),
		'root.pem': pemOf(root()),
		'notes.txt': 'text',
	});
	await typist.type('2-4\r');
	t.regex(text(), /It holds: a copy of server \(1\)\.pem \(private key \(RSA 2048\)\), .* One of them can be chosen in its place\./);
	await typist.type('YES\r');
	t.regex(text(), /other files that may hold the certificate\./);
	await typist.type('1\r');
	t.regex(text(), /other files that may hold the private key\./);
	await typist.type('1\r');
	t.regex(text(), /server \(1\)\.crt has no chain, and chain\.p7b continues it: CN=Test Intermediate, O=Example\./);
	await typist.type('yes\r');
	t.regex(text(), /The files are valid, and the key matches the certificate\./);
	t.notRegex(text(), /chain-missing/);
	await typist.type('N\r');
	t.regex(text(), /Nothing was changed/);
});

test('without a yes the certificate stays without its chain', async t => {
	const {typist, text} = await consoleWith(t, {
		'SOAPServer.crt': pemOf(certificate()),
		'SOAPServer.key': goodKey(),
		'ca.crt': pemOf(intermediate()),
	});
	await typist.type('2-4\rYES\rno\r');
	t.regex(text(), /Warnings above: .*chain-missing/);
});

test('the certificate of a CA is not offered as that of the server where there is one', async t => {
	const {typist, text, view} = await consoleWith(t, {'root.pem': pemOf(root()), 'ts1.cer': certificate()});
	await typist.type('2-4\rYES\r');
	const state = view();
	t.regex(text(), /other files that may hold the certificate/);
	t.deepEqual(state.kind === 'conversation' && state.question?.choices?.map(({label}) => label.replace(/:.*/, '')), ['ts1.cer']);
});
