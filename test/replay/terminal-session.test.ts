import test from 'ava';
import {readyMark} from '../../src/ready-mark.js';
import {Problem} from '../../src/problem.js';
import {playOn, type TerminalOptions} from '../../src/replay/play.js';
import type {Program} from '../../src/replay/program.js';
import {parseTape} from '../../src/replay/tape.js';

/** A program that lives in this process and answers each write as the test wants. */
class FakeProgram implements Program {
	readonly writes: string[] = [];
	#show: (text: string) => void = () => {};

	constructor(
		private readonly first: string,
		private readonly answer: (text: string, show: (text: string) => void) => void = () => {},
	) {}

	write(text: string): void {
		this.writes.push(text);
		this.answer(text, this.#show);
	}

	onData(listener: (text: string) => void): void {
		this.#show = listener;
		listener(this.first);
	}

	resize(): void {}
	onExit(): void {}
	async kill(): Promise<void> {}
}

async function play(program: FakeProgram, tape: string, options: TerminalOptions = {}) {
	return playOn(parseTape(tape, 'a.tape'), () => program, {columns: 20, rows: 3, ...options});
}

/** Says ready for all bytes that it was sent. */
function obedient(first = ''): FakeProgram {
	let bytes = 0;
	return new FakeProgram(first + readyMark(0), (text, show) => {
		bytes += Buffer.byteLength(text);
		show(readyMark(bytes));
	});
}

test('a mark with fewer bytes than were sent does not release the next key', async t => {
	const program = new FakeProgram(readyMark(0), (_text, show) => {
		show(readyMark(2));
	});
	const problem = await t.throwsAsync<Problem>(play(program, 'Set WaitTimeout 50ms\nType "abc"\nDown'), {instanceOf: Problem});
	t.regex(problem.message, /^a\.tape:2: Type "abc"\nwaited 0\.05 s for the program to be ready for the next key/);
	t.deepEqual(program.writes, ['abc']);
});

test('a text and an Enter behind it are sent without waiting for the frame between them, then the program must be ready', async t => {
	const program = new FakeProgram(readyMark(0), (text, show) => {
		show(text === '\r' ? readyMark(4) : '');
	});
	const late = await t.throwsAsync<Problem>(play(program, 'Set WaitTimeout 50ms\nType "abc"\nEnter\nType "d"\nDown'), {
		instanceOf: Problem,
	});
	t.deepEqual(program.writes, ['abc', '\r', 'd']);
	t.regex(late.message, /^a\.tape:4: Type "d"\nwaited/);
});

test('no key is sent before the program has reported that it is ready', async t => {
	const program = new FakeProgram('starting');
	await t.throwsAsync(play(program, 'Set WaitTimeout 50ms\nEnter'), {instanceOf: Problem});
	t.deepEqual(program.writes, []);
});

test('an incomplete frame is neither matched nor captured', async t => {
	for (const tape of ['Wait+Screen@50ms /half/', 'Set WaitTimeout 50ms\nScreenshot torn']) {
		const program = new FakeProgram(`\u001B[?2026hhalf${readyMark(0)}`);
		await t.throwsAsync(play(program, tape), {instanceOf: Problem, message: /\|half +\|/});
	}
});

test("the terminal's own answers count as sent", async t => {
	const question = '\u001B[6n';
	let bytes = 0;
	const program = new FakeProgram(question, (text, show) => {
		bytes += text.length;
		show(readyMark(bytes));
	});
	await play(program, 'Type "x"');
	t.deepEqual(program.writes, ['\u001B[1;1R', 'x']);
});

test('keys that are sent while marks are off are not waited for later', async t => {
	const program = new FakeProgram('password: ', (text, show) => {
		show(text === 'secret' ? readyMark(0) : readyMark(1));
	});
	await play(program, 'Set ReadyMark false\nWait /password:/\nType "secret"\nSet ReadyMark true\nEnter');
	t.deepEqual(program.writes, ['secret', '\r']);
});

test('the cursor keys follow the mode that the program asks for', async t => {
	const program = obedient('\u001B[?1h');
	await play(program, 'Up');
	t.deepEqual(program.writes, ['\u001BOA']);
});

test('slow motion types key by key; without it nothing pauses', async t => {
	const tape = 'Set TypingSpeed 1ms\nType "abc"\nSleep 1ms';
	const slow = obedient();
	await play(slow, tape, {speed: 1});
	t.deepEqual(slow.writes, ['a', 'b', 'c']);
	const fast = obedient();
	await play(fast, 'Type@10m "abc"\nDown@10m 2\nSleep 10m');
	t.deepEqual(fast.writes, ['abc', '\u001B[B', '\u001B[B']);
});

test('a pattern may start with flags, as in VHS', async t => {
	await t.notThrowsAsync(play(obedient('MAIN\r\nmenu'), 'Wait+Screen /(?is)main.MENU/'));
});
