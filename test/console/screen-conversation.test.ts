import test from 'ava';
import {Cancelled} from '../../src/console/conversation.js';
import {ScreenConversation} from '../../src/console/screen-conversation.js';
import type {ConversationView} from '../../src/console/state.js';
import {rowsOf} from '../../src/console/transcript.js';
import {readDisk, Typist} from './typist.js';

const choices = [
	{key: '1', label: 'Start', value: 'start'},
	{key: 'A', label: 'Add', value: 'add'},
] as const;

function begin() {
	const typist = new Typist();
	const conversation = new ScreenConversation(typist.store, '2-4  A Flow');
	const view = () => typist.store.state.view as ConversationView;
	return {typist, conversation, view, said: () => rowsOf(view().entries, 80).map(({text}) => text)};
}

test('it starts with only its title', t => {
	const {view, typist} = begin();
	typist.store.change({line: ''});
	t.like(view(), {kind: 'conversation', title: '2-4  A Flow', entries: [], question: undefined, notice: ''});
});

test('printed text is shown in order, with its tone', t => {
	const {conversation, view} = begin();
	conversation.print('one');
	conversation.print('two', 'bad');
	conversation.table(
		[
			['Name', 'State'],
			['patch', 'runs'],
		],
		true,
	);
	t.deepEqual(view().entries, [
		{kind: 'text', text: 'one', tone: 'plain'},
		{kind: 'text', text: 'two', tone: 'bad'},
		{
			kind: 'table',
			rows: [
				['Name', 'State'],
				['patch', 'runs'],
			],
			heads: true,
			bad: [],
		},
	]);
});

test('changing a table after printing it does not change the screen', t => {
	const {conversation, said} = begin();
	const row = ['patch', 'runs'];
	conversation.table([row]);
	row[1] = 'stopped';
	t.deepEqual(said(), ['patch  runs']);
});

test('an answer is trimmed and shown after its prompt', async t => {
	const {conversation, typist, view, said} = begin();
	const answer = conversation.ask('Name:');
	t.like(view().question, {kind: 'ask', prompt: 'Name:'});
	typist.send('  ts1.example.com \r');
	t.is(await answer, 'ts1.example.com');
	t.deepEqual(said(), ['Name: ts1.example.com']);
	t.is(view().question, undefined);
});

test('a secret is not trimmed, and is not shown', async t => {
	const {conversation, typist, said} = begin();
	const answer = conversation.secret('Password:');
	typist.send(' Correct-1 \r');
	t.is(await answer, ' Correct-1 ');
	t.deepEqual(said(), ['Password: (not shown)']);
	t.false(JSON.stringify(typist.store.state).includes('Correct'));
});

for (const [word, typed, meaning] of [
	['YES', 'YES', true],
	['YES', 'yes', true],
	['YES', 'y', true],
	['Y', ' Y ', true],
	['yes', 'Yes', true],
	['YES', 'NO', false],
	['Y', 'n', false],
	['yes', 'no', false],
] as const) {
	test(`${JSON.stringify(typed)} is ${meaning ? 'a yes' : 'a no'} where ${word} is asked for`, async t => {
		const {conversation, typist} = begin();
		const answer = conversation.confirm('Go on?', word);
		typist.send(`${typed}\r`);
		t.is(await answer, meaning);
	});
}

test('an answer other than yes or no is asked again, with the possible answers', async t => {
	const {conversation, typist, view, said} = begin();
	const answer = conversation.confirm('Go on?', 'YES');
	for (const typed of ['', 'maybe', 'yess', '1', 'constructor', '__proto__', 'toString']) {
		await typist.type(`${typed}\r`);
		t.is(view().notice, 'Enter YES or NO. Ctrl+C cancels.', typed);
		t.like(view().question, {prompt: 'Go on? [YES/NO]:'});
	}

	typist.send('no\r');
	t.false(await answer);
	t.deepEqual(said(), ['Go on? [YES/NO]: no']);
	t.is(view().notice, '');
});

test('interrupting a yes-or-no question counts as no, and interrupting any other rejects with Cancelled', async t => {
	const {conversation, typist} = begin();
	const confirmed = conversation.confirm('Go on?', 'YES');
	typist.send('ye\u0003');
	t.false(await confirmed);
	for (const ask of [
		async () => conversation.ask('Name:'),
		async () => conversation.secret('Password:'),
		async () => conversation.choose('Which?', choices),
	]) {
		const answer = ask();
		typist.send('ab\u0003');
		await t.throwsAsync(answer, {instanceOf: Cancelled});
	}
});

test('a choice is made by its key or the highlight, and R chooses nothing', async t => {
	const {conversation, typist, said} = begin();
	for (const [typed, value] of [
		['1\r', 'start'],
		[' a \r', 'add'],
		['\r', 'start'],
		['\u001B[B\r', 'add'],
		['\u001B[A\r', 'add'],
		['r\r', undefined],
		['\u001B', undefined],
	] as const) {
		const choice = conversation.choose('Which?', choices);
		typist.send(typed);
		t.is(await choice, value, typed);
	}

	t.deepEqual(said().slice(0, 2), ['Which? 1  Start', 'Which? A  Add']);
	t.is(said().at(-1), 'Which? R');
});

test('an unknown key shows a notice, and the choice stays open', async t => {
	const {conversation, typist, view} = begin();
	const choice = conversation.choose('Which?', choices);
	await typist.type('12\r');
	t.is(view().notice, 'There is no 12 here. Enter one of the keys shown, or R to go back.');
	await typist.type('a whole sentence\r');
	t.is(view().notice, 'There is no A WHOLE SE... here. Enter one of the keys shown, or R to go back.');
	await typist.type('?\r');
	t.is(view().notice, 'Enter a key shown, R (back), RR (main menu), Z (log out) or a path such as 2-4.');
	t.like(view().question, {
		choices: [
			{key: '1', label: 'Start'},
			{key: 'A', label: 'Add'},
		],
	});
	typist.send('1\r');
	t.is(await choice, 'start');
});

test('a step shows that it is running and how it ended, and returns the result', async t => {
	const {conversation, view} = begin();
	const work = Promise.withResolvers<number>();
	const step = conversation.step('Stop the server', async () => work.promise);
	t.like(view().entries[0], {kind: 'step', title: 'Stop the server', state: 'running'});
	work.resolve(7);
	t.is(await step, 7);
	t.like(view().entries[0], {kind: 'step', title: 'Stop the server', state: 'done'});
});

test('a failed step is shown as failed, and rejects with its error', async t => {
	const {conversation, view} = begin();
	await t.throwsAsync(
		conversation.step('Stop the server', async () => {
			throw new Error('stuck');
		}),
		{message: 'stuck'},
	);
	t.like(view().entries[0], {kind: 'step', state: 'failed'});
});

test('concurrent steps each end in their own row', async t => {
	const {conversation, view} = begin();
	const first = Promise.withResolvers<void>();
	const steps = [conversation.step('first', async () => first.promise), conversation.step('second', async () => {})];
	await steps[1];
	conversation.print('meanwhile');
	first.resolve();
	await steps[0];
	t.deepEqual(
		view().entries.map(entry => (entry.kind === 'step' ? `${entry.title} ${entry.state}` : entry.kind)),
		['first done', 'second done', 'text'],
	);
});

test('text typed at a pause is kept for the menu', async t => {
	const {conversation, typist, said} = begin();
	const pause = conversation.pause();
	typist.send(' 2-4 \r');
	await pause;
	t.is(conversation.typedAhead, '2-4');
	t.deepEqual(said(), []);
});

test('an answer ends scrolling, and so does new output', async t => {
	const {conversation, typist, view} = begin();
	conversation.print('line\n'.repeat(60));
	const answer = conversation.ask('Name:');
	await typist.type('\u001B[5~');
	t.true(view().scroll > 0);
	conversation.print('new');
	t.is(view().scroll, 0);
	await typist.type('\u001B[5~');
	typist.send('x\r');
	await answer;
	t.is(view().scroll, 0);
});

test('a closed terminal cancels the open question and the next', async t => {
	const {conversation, typist} = begin();
	const answer = conversation.ask('Name:');
	typist.store.hangUp();
	await t.throwsAsync(answer, {instanceOf: Cancelled});
	await t.throwsAsync(conversation.pause(), {instanceOf: Cancelled});
	t.false(await conversation.confirm('Go on?', 'YES'));
});

test('a conversation that is typed ahead in one piece answers each question in turn', async t => {
	const {conversation, typist, said} = begin();
	typist.send('YES\rts1\rSecret-1\ra\r\rnext\r');
	t.true(await conversation.confirm('Proceed?', 'YES'));
	await conversation.step('Work', async () => readDisk(3));
	t.is(await conversation.ask('Name:'), 'ts1');
	t.is(await conversation.secret('Password:'), 'Secret-1');
	t.is(await conversation.choose('Which?', choices), 'add');
	await conversation.pause();
	t.is(conversation.typedAhead, '');
	await conversation.pause();
	t.is(conversation.typedAhead, 'next');
	t.is(said()[0], 'Proceed? [YES/NO]: YES');
});
