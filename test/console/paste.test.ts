import test from 'ava';
import {askPem} from '../../src/console/flows/ask-pem.js';
import {ScreenConversation} from '../../src/console/screen-conversation.js';
import {Typist} from './typist.js';

const paste = (text: string) => `\u001B[200~${text}\u001B[201~`;

/** Asks three questions. */
function threeQuestions(typist: Typist): string[] {
	const answers: string[] = [];
	void (async () => {
		const conversation = new ScreenConversation(typist.store, 'Questions');
		for (;;) {
			answers.push(await conversation.ask('Answer:'));
		}
	})().catch(() => undefined);
	return answers;
}

function noticeOf({store: {state}}: Typist): string {
	return 'notice' in state.view ? state.view.notice : '';
}

test('a paste of one line answers one question, with or without its line end', async t => {
	const typist = new Typist();
	const answers = threeQuestions(typist);
	await typist.type(paste('one'));
	t.is(typist.store.state.line, 'one');
	await typist.type(`\r${paste('two\r')}`);
	t.deepEqual(answers, ['one', 'two']);
	t.is(noticeOf(typist), '');
});

test('a paste of several lines is entered after a Y only', async t => {
	const typist = new Typist();
	const answers = threeQuestions(typist);
	await typist.type(paste('one\rtwo\rthree\r'));
	t.deepEqual(answers, []);
	t.is(typist.store.state.line, 'one', 'the first line can be seen');
	t.is(noticeOf(typist), 'The paste has 3 lines. Enter each of them? [Y/N]');
	await typist.type('y');
	t.deepEqual(answers, ['one', 'two', 'three']);

	await typist.type(paste('four\rfive'));
	t.is(noticeOf(typist), 'The paste has 2 lines. Enter each of them? [Y/N]');
	await typist.type('\r');
	t.is(noticeOf(typist), 'The other lines of the paste were discarded.');
	t.deepEqual(answers.slice(3), [], 'the key is only the answer');
	await typist.type('\r');
	t.deepEqual(answers.slice(3), ['four']);
});

test('nothing in a paste is a command, however the paste arrives', async t => {
	const typist = new Typist();
	const answers = threeQuestions(typist);
	for (const byte of Buffer.from(paste('o\u0003n\u001B[Ae\u0015\r'))) {
		typist.send(Buffer.from([byte]));
	}

	await typist.handled();
	t.deepEqual(answers, ['one']);
});

test('another paste is no answer', async t => {
	const typist = new Typist();
	const answers = threeQuestions(typist);
	await typist.type(paste('one\rtwo\r') + paste('y'));
	t.is(noticeOf(typist), 'The other lines of the paste were discarded.');
	t.deepEqual([answers, typist.store.state.line], [[], 'one']);
});

test('keys that are typed ahead or sent by a program go on as they do', async t => {
	const typist = new Typist();
	const answers = threeQuestions(typist);
	await typist.type('one\rtwo\rthree\r');
	t.deepEqual(answers, ['one', 'two', 'three']);
});

test('a question for a text of several lines takes a paste of them', async t => {
	const typist = new Typist();
	const pem = '-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n';
	const asked = askPem(new ScreenConversation(typist.store, 'Key'));
	typist.send(paste(pem.replaceAll('\n', '\r')));
	t.is(await asked, pem);
});

test('a paste whose end does not arrive ends by itself', async t => {
	const timers: Array<() => void> = [];
	const typist = new Typist(undefined, (_milliseconds, then) => {
		timers.push(then);
		return () => {};
	});
	const answers = threeQuestions(typist);
	typist.send('\u001B[200~one\r');
	t.deepEqual(answers, []);
	timers.at(-1)!();
	await typist.handled();
	t.deepEqual(answers, ['one']);
});
