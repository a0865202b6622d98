import {Duplex} from 'node:stream';
import test from 'ava';
import {remoteTerminal} from '../../src/cli/remote-terminal.js';
import type {TerminalSize, ClientTerminal} from '../../src/ssh-server/session-request.js';

/** A channel that remembers what was written into it, and a terminal that can be resized. */
function channel() {
	const pieces: string[] = [];
	const stream = new Duplex({
		read() {},
		write(chunk: Buffer, _encoding, done) {
			pieces.push(chunk.toString());
			done();
		},
	});
	let listener: ((size: TerminalSize) => void) | undefined;
	const terminal: ClientTerminal = {
		type: 'xterm',
		size: {columns: 80, rows: 24},
		onResize(given) {
			listener = given;
		},
	};
	return {stream, pieces, terminal, resize: (columns: number, rows: number) => listener?.({columns, rows})};
}

const drained = async () => {};

const turn = async () => new Promise(setImmediate);

test('what is written in one turn leaves as one piece, with CR LF', async t => {
	const {stream, pieces, terminal} = channel();
	const {stdout} = remoteTerminal(stream, terminal, {colour: true, drained});
	stdout.write('a\nb');
	stdout.write('\r\n\u001B[31mc\u001B[0m');
	await turn();
	await turn();
	t.deepEqual(pieces, ['a\r\nb\r\n\u001B[31mc\u001B[0m']);
});

test('without colour everything else stays', async t => {
	const {stream, pieces, terminal} = channel();
	remoteTerminal(stream, terminal, {colour: false, drained}).stdout.write('\u001B[31mc\u001B[0m\u001B[2J');
	await turn();
	await turn();
	t.deepEqual(pieces, ['c\u001B[2J']);
});

test('a new size is told', t => {
	const {stream, terminal, resize} = channel();
	const {stdout} = remoteTerminal(stream, terminal, {colour: true, drained});
	const seen: number[][] = [];
	stdout.on('resize', () => seen.push([stdout.columns, stdout.rows]));
	resize(100, 30);
	t.deepEqual(seen, [[100, 30]]);
});

test('when the channel closes both ends are over, and writing on is no error', async t => {
	const {stream, terminal} = channel();
	const {stdin, stdout} = remoteTerminal(stream, terminal, {colour: true, drained});
	const ended = new Promise(resolve => {
		stdin.once('end', resolve);
	});
	stdin.resume();
	stream.destroy();
	await ended;
	t.notThrows(() => stdout.write('late'));
	await turn();
});
