// A log that is followed on the screen.
import test from 'ava';
import {Cancelled} from '../../src/console/conversation.js';
import {ScreenConversation} from '../../src/console/screen-conversation.js';
import type {ConversationView} from '../../src/console/state.js';
import {rowsOf} from '../../src/console/transcript.js';
import {Typist} from './typist.js';

/** Begins to follow; `add` passes lines on as a log would. */
function followed() {
	const typist = new Typist();
	const conversation = new ScreenConversation(typist.store, '3-L  View Logs');
	const view = () => typist.store.state.view as ConversationView;
	const said = () => rowsOf(view().entries, 80).map(({text}) => text);
	const adds: Array<(lines: readonly string[]) => unknown> = [];
	const over = Promise.withResolvers<void>();
	const ended = conversation.follow(async (add, signal) => {
		adds.push(add);
		signal.addEventListener('abort', () => over.resolve());
		await over.promise;
	});
	return {typist, view, said, ended, fail: (error: Error) => over.reject(error), add: (...lines: string[]) => void adds[0]!(lines)};
}

for (const [name, key] of [
	['a letter', 'q'],
	['Enter', '\r'],
	['Escape', '\u001B'],
	['Ctrl+C', '\u0003'],
] as const) {
	test(`lines are followed until ${name}`, async t => {
		const {typist, said, ended, view, add} = followed();
		add('one');
		add('two', 'three');
		t.deepEqual(said(), ['one', 'two', 'three']);
		t.like(view().question, {kind: 'follow'});
		typist.send(key);
		await ended;
		t.is(view().question, undefined);
		t.is(typist.store.state.line, '');
	});
}

test('while lines are followed, the view can be scrolled back and stays there', async t => {
	const {typist, ended, view, add, said} = followed();
	add(...Array.from({length: 600}, (_, index) => `line ${index}`));
	t.is(said().length, 500, 'only the newest are kept');
	await typist.type('\u001B[5~');
	const {scroll} = view();
	t.true(scroll > 0);
	add('new', 'newer');
	t.is(view().scroll, scroll + 2);
	await typist.type('\u001B[F');
	t.is(view().scroll, 0);
	typist.send('q');
	await ended;
});

test('a log that cannot be followed, and a closed terminal, end following', async t => {
	const failing = followed();
	failing.fail(new Error('unreadable'));
	await t.throwsAsync(failing.ended, {message: 'unreadable'});
	const closed = followed();
	closed.typist.store.hangUp();
	await t.throwsAsync(closed.ended, {instanceOf: Cancelled});
});
