import test from 'ava';
import {Cancelled} from '../../src/console/conversation.js';
import {Store} from '../../src/console/store.js';
import {emptyConversation, keysOf, mainMenu} from './typist.js';

function asking(): Store {
	return new Store({...mainMenu, view: {...emptyConversation, question: {kind: 'ask', prompt: 'Name:'}}});
}

function type(store: Store, input: string): void {
	for (const key of keysOf(input)) {
		store.press(key);
	}
}

test('it is busy until a question is open, and again after the answer', async t => {
	const store = new Store(mainMenu);
	t.false(store.activity.idle);
	const entered = store.entered();
	t.true(store.activity.idle);
	type(store, '2-4\r');
	t.false(store.activity.idle);
	t.is(await entered, '2-4');
});

test('keys that do not answer leave the question open', t => {
	const store = new Store(mainMenu);
	void store.entered();
	type(store, 'ab\u007F\u001B[B');
	t.true(store.activity.idle);
});

test('Ctrl+C cancels the open question, and the next one can be asked', async t => {
	const store = asking();
	const entered = store.entered();
	type(store, 'abc\u0003');
	await t.throwsAsync(entered, {instanceOf: Cancelled});
	t.false(store.gone);
	const next = store.entered();
	type(store, 'x\r');
	t.is(await next, 'x');
});

test('hanging up cancels the open question and every later one', async t => {
	const store = asking();
	const entered = store.entered();
	store.hangUp();
	await t.throwsAsync(entered, {instanceOf: Cancelled});
	await t.throwsAsync(store.entered(), {instanceOf: Cancelled});
	t.true(store.gone);
	t.false(store.activity.idle);
});

test('hanging up twice, or during work, is harmless', async t => {
	const store = asking();
	store.hangUp();
	store.hangUp();
	type(store, 'abc\r');
	await t.throwsAsync(store.entered(), {instanceOf: Cancelled});
});

test('subscribers are called on every change until they unsubscribe', t => {
	const store = new Store(mainMenu);
	const heard = [0, 0];
	const stop = store.subscribe(() => {
		heard[0]!++;
	});
	store.subscribe(() => {
		heard[1]!++;
	});
	store.resize(100, 30);
	stop();
	store.change({line: 'x'});
	t.deepEqual(heard, [1, 2]);
	t.like(store.state, {columns: 100, rows: 30, line: 'x'});
});

test('only a conversation view is changed', t => {
	const store = new Store(mainMenu);
	store.changeConversation(() => ({title: 'Other'}));
	t.is(store.state, mainMenu);
	const conversation = asking();
	conversation.changeConversation(({title}) => ({title: `${title} more`}));
	t.like(conversation.state.view, {title: 'A Conversation more'});
});
