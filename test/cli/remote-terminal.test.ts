import {Duplex} from 'node:stream';
import test from 'ava';
import {remoteTerminal} from '../../src/cli/remote-terminal.js';
import type {TerminalSize, ClientTerminal} from '../../src/ssh-server/session-request.js';

/** A channel that records what is written to it, and a terminal that can be resized. */
function channel() {
	const pieces: string[] = [];
	let arrival = Promise.withResolvers<void>();
	const stream = new Duplex({
		read() {},
		write(chunk: Buffer, _encoding, done) {
			pieces.push(chunk.toString());
			arrival.resolve();
			arrival = Promise.withResolvers<void>();
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
	return {
		stream,
		pieces,
		nextPiece: async () => arrival.promise,
		terminal,
		resize: (columns: number, rows: number) => listener?.({columns, rows}),
	};
}

const drained = async () => {};

test('output that is written in one turn of the event loop is sent as one piece, with CR LF', async t => {
	const {stream, pieces, nextPiece, terminal} = channel();
	const {stdout} = remoteTerminal(stream, terminal, {colour: true, drained});
	stdout.write('a\nb');
	stdout.write('\r\n\u001B[31mc\u001B[0m');
	await nextPiece();
	stdout.write('next');
	await nextPiece();
	t.deepEqual(pieces, ['a\r\nb\r\n\u001B[31mc\u001B[0m', 'next']);
});

test('without colour only the colours are removed', async t => {
	const {stream, pieces, nextPiece, terminal} = channel();
	remoteTerminal(stream, terminal, {colour: false, drained}).stdout.write('\u001B[31mc\u001B[0m\u001B[2J');
	await nextPiece();
	t.deepEqual(pieces, ['c\u001B[2J']);
});

test('a resize is reported', t => {
	const {stream, terminal, resize} = channel();
	const {stdout} = remoteTerminal(stream, terminal, {colour: true, drained});
	const seen: number[][] = [];
	stdout.on('resize', () => seen.push([stdout.columns, stdout.rows]));
	resize(100, 30);
	t.deepEqual(seen, [[100, 30]]);
});

test('when the channel closes, both ends are closed, and a later write is not an error', async t => {
	const {stream, terminal} = channel();
	const {stdin, stdout} = remoteTerminal(stream, terminal, {colour: true, drained});
	const ended = new Promise(resolve => {
		stdin.once('end', resolve);
	});
	stdin.resume();
	stream.destroy();
	await ended;
	const written = new Promise(resolve => {
		stdout.write('late', resolve);
	});
	await t.notThrowsAsync(written);
});
