// 2-C-2: a saved request is shown as PEM, and sent to the clipboard of the terminal when that is asked for.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {savedRequests} from '../../src/appliance/requests.js';
import {signedIn} from './console-session.js';

async function withRequest(t: ExecutionContext) {
	const opened = await signedIn(t);
	const sequences: string[] = [];
	opened.session.store.subscribeToWrites(sequence => void sequences.push(sequence));
	await opened.typist.type('2-C-1\r\rno\r\r');
	const [request] = await savedRequests(opened.layout);
	const pem = await readFile(path.join(opened.layout.requests, request!.id, 'request.csr'), 'utf8');
	return {...opened, pem, sequences};
}

test('a request is shown as PEM', async t => {
	const {typist, said, pem, sequences} = await withRequest(t);
	await typist.type('2-C-2\r1\r2\r');
	t.true(said().join('\n').includes(pem.trimEnd()));
	t.deepEqual(sequences, [], 'nothing is copied that was not asked for');
});

test('a request is sent to the clipboard of the terminal', async t => {
	const {typist, said, pem, sequences} = await withRequest(t);
	await typist.type('2-C-2\r1\r3\r');
	const [, encoded] = /^\u001B\]52;c;([\w+/=]+)\u0007$/.exec(sequences.join(''))!;
	t.is(Buffer.from(encoded!, 'base64').toString(), pem);
	t.regex(said().join(' '), /sent to the clipboard of your terminal/);
});

test('deleting a request asks first', async t => {
	const {typist, layout} = await withRequest(t);
	await typist.type('2-C-2\r1\r4\rno\r');
	t.is((await savedRequests(layout)).length, 1);
	await typist.type('1\r4\rYES\r');
	t.deepEqual(await savedRequests(layout), []);
});
