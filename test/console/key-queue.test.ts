import test from 'ava';
import {ScreenConversation} from '../../src/console/screen-conversation.js';
import {Store} from '../../src/console/store.js';
import type {ConversationView} from '../../src/console/state.js';
import {mainMenu, readDisk, Typist} from './typist.js';

/** Asks this many questions, does so many reads of work after each, and collects the answers. */
async function interview(store: Store, questions: number, reads: (question: number) => number): Promise<string[]> {
	const answers: string[] = [];
	for (let question = 0; question < questions; question++) {
		const conversation = new ScreenConversation(store, `Screen ${question}`);
		answers.push(await conversation.ask('Answer:'));
		await conversation.step('Work', async () => readDisk(reads(question)));
	}

	void new ScreenConversation(store, 'Last screen').pause();
	return answers;
}

test('keys that arrive together reach the right screens, 100 of 100 times', async t => {
	for (let burst = 0; burst < 100; burst++) {
		const typist = new Typist();
		const done = interview(typist.store, 5, question => (burst + question) % 6);
		await typist.type('2\r4\rYES\r\u001B[Bx\rlast\r');
		t.deepEqual(await done, ['2', '4', 'YES', 'x', 'last'], `burst ${burst}`);
		t.is(typist.announced.at(-1), 18);
	}
});

test('keys that arrive byte by byte, with other work in between, reach the same screens', async t => {
	const typist = new Typist(undefined, () => () => {}); // The rest of a sequence may come late.
	const done = interview(typist.store, 3, question => question);
	for (const byte of Buffer.from('漢\r4\r\u001B[Byes\r')) {
		typist.send(Buffer.from([byte]));
		await readDisk(1);
	}

	await typist.handled();
	t.deepEqual(await done, ['漢', '4', 'yes']);
});

test('every byte is counted, including those of keys without a function', async t => {
	const typist = new Typist();
	void typist.store.entered();
	for (const [input, total] of [
		['ab', 2],
		['漢', 5],
		['\u001B[15~', 10],
		[Buffer.from([0xff, 0x80]), 12],
		['\u0000', 13],
	] as const) {
		await typist.type(input);
		t.is(typist.announced.at(-1), total);
	}
});

test('ready is first called when the first question is open, with 0 bytes', async t => {
	const typist = new Typist();
	t.deepEqual(typist.announced, []);
	void typist.store.entered();
	await typist.handled();
	t.deepEqual(typist.announced, [0]);
});

test('ready is not called while work is in progress', async t => {
	const typist = new Typist();
	const answer = typist.store.entered();
	await typist.type('2');
	typist.send('\rx');
	await answer;
	await readDisk(1);
	void typist.store.entered();
	await typist.handled();
	t.deepEqual(typist.announced, [1, 3]);
	t.is(typist.store.state.line, 'x');
});

test('work that begins at the moment a question is opened also holds the keys back', async t => {
	const typist = new Typist();
	typist.send('x');
	void typist.store.entered();
	await typist.store.activity.during(async () => {
		await readDisk(1);
		t.is(typist.store.state.line, '');
	});
	await typist.handled();
	t.is(typist.store.state.line, 'x');
});

test('ready is called again on request, for example after a resize', async t => {
	const typist = new Typist();
	void typist.store.entered();
	await typist.handled();
	typist.keyQueue.announce();
	await typist.nextReady();
	t.deepEqual(typist.announced, [0, 0]);
});

test('a lone ESC byte becomes the Escape key, and is counted only then', async t => {
	let expire = () => {};
	const typist = new Typist(undefined, (milliseconds, then) => {
		t.is(milliseconds, 50);
		expire = then;
		return () => {};
	});
	void typist.store.entered();
	await typist.type('12');
	typist.send('\u001B');
	t.is(typist.store.state.line, '12');
	expire();
	await typist.handled();
	t.is(typist.store.state.line, '');
	t.is(typist.announced.at(-1), 3);
});

test('an ESC byte whose sequence follows in the next read is not the Escape key', async t => {
	const typist = new Typist();
	void typist.store.entered();
	typist.send('\u001B');
	await typist.type('[B');
	t.like(typist.store.state.view, {selected: 2});
	t.is(typist.announced.at(-1), 3);
});

/** A store in the middle of work that ends when the test says so; then a question is open. */
function working() {
	const typist = new Typist(new Store(mainMenu));
	const conversation = new ScreenConversation(typist.store, 'A flow');
	const work = Promise.withResolvers<void>();
	const answer = (async () => {
		await conversation.step('Work', async () => work.promise);
		return conversation.ask('Answer:');
	})();
	return {typist, work, answer, notice: () => (typist.store.state.view as ConversationView).notice};
}

test('Ctrl+C during work discards typed-ahead keys, counts them, and shows a notice', async t => {
	const {typist, work, answer, notice} = working();
	typist.send('YES\r');
	typist.send('no');
	typist.send('\u0003');
	t.is(notice(), 'This cannot be interrupted. Wait until it has finished.');
	work.resolve();
	await typist.handled();
	t.is(typist.announced.at(-1), 7);
	typist.send('fresh\r');
	t.is(await answer, 'fresh');
});

test('keys after a Ctrl+C are kept, in the same read or the next', async t => {
	for (const reads of [['old\u0003new\r'], ['old', '\u0003', 'new\r'], ['old\u0003n', 'ew\r']]) {
		const {typist, work, answer} = working();
		for (const read of reads) {
			typist.send(read);
		}

		work.resolve();
		t.is(await answer, 'new', JSON.stringify(reads));
	}
});

test('an Escape after a Ctrl+C is kept', async t => {
	const {typist, work} = working();
	typist.send('\u0003\u001B');
	work.resolve();
	await typist.handled();
	t.is(typist.announced.at(-1), 2);
});

test('thousands of keys in one read are handled, and other work runs between them', async t => {
	const typist = new Typist();
	void typist.store.entered();
	let turns = 0;
	const otherWork = () => {
		turns++;
		if (typist.announced.length === 0) {
			setImmediate(otherWork);
		}
	};

	setImmediate(otherWork);
	await typist.type('x\u007F'.repeat(5000));
	t.is(typist.announced.at(-1), 10_000);
	t.is(typist.store.state.line, '');
	t.true(turns > 10);
});

test('keys from a closed terminal are ignored', async t => {
	const typist = new Typist();
	const entered = typist.store.entered();
	await typist.handled();
	typist.store.hangUp();
	typist.send('2\r\u0003');
	await t.throwsAsync(entered, {message: 'The terminal is gone.'});
});

test('an error in handling a key rejects the open question, and later keys are handled', async t => {
	const typist = new Typist();
	const conversation = new ScreenConversation(typist.store, 'A talk');
	const answer = conversation.ask('Answer:');
	await typist.handled();
	const {press} = typist.store;
	typist.store.press = () => {
		throw new Error('a fault');
	};
	typist.send('x');
	await t.throwsAsync(answer, {message: 'a fault'});
	typist.store.press = press;
	const again = conversation.ask('Answer:');
	typist.send('y\r');
	t.is(await again, 'y');
});
