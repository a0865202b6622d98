// The codec under clients that break the rules of SFTP, or stretch them.
import {readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {Duplex} from 'node:stream';
import test from 'ava';
import {packet} from '../../src/sftp/packet.js';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {limits, replyType, requestType, status, version} from '../../src/sftp/protocol.js';
import {serveSftp} from '../../src/sftp/serve-sftp.js';
import {flags, imprisoned, jailAround, long, noAttributes, statusIn, withSize} from './raw-sftp.js';

const writing = flags.write | flags.create | flags.truncate;
const offset = (value: number) => long(BigInt(value));

test('a packet that is too long, or empty, ends the session before it is read', async t => {
	for (const length of [0, limits.packet + 1, 0x7fff_ffff, 0x8000_0001, 0xffff_ffff]) {
		const {client, served} = await imprisoned(t);
		client.stream.write(uint32(length));
		await t.throwsAsync(served, {name: 'ProtocolError'}, String(length));
	}
});

test('a session that does not start with SSH_FXP_INIT ends', async t => {
	const {incoming, outgoing} = await imprisoned(t);
	const stream = new Duplex({read() {}, write: (_chunk, _encoding, done) => done()});
	const served = serveSftp(stream, jailAround(incoming, outgoing), async () => {});
	stream.push(packet(requestType.opendir, uint32(1), string('/')));
	await t.throwsAsync(served, {name: 'ProtocolError'});
});

test('fields that are longer than their packet are a bad message, and the session continues', async t => {
	const {client} = await imprisoned(t);
	const handle = string(await client.open('/incoming/file', writing));
	for (const fields of [
		[requestType.open, uint32(0xffff_ffff), Buffer.from('name')],
		[requestType.open],
		[requestType.write, handle, offset(0), uint32(1000), Buffer.from('short')],
		[requestType.stat, uint32(0x8000_0000)],
		[requestType.setstat, string('/incoming/file'), uint32(1)],
		[requestType.extended, uint32(40)],
	] as Array<[number, ...Buffer[]]>) {
		t.is(await client.statusOf(...fields), status.badMessage);
	}

	t.is(await client.statusOf(requestType.write, handle, offset(0), string('whole')), status.ok);
});

test('unknown requests are unsupported', async t => {
	const {client} = await imprisoned(t);
	for (const type of [0, 21, 99, 201, 255]) {
		t.is(await client.statusOf(type, string('/incoming')), status.unsupported, String(type));
	}

	for (const name of ['copy-data', 'toString', '__proto__', '']) {
		t.is(await client.statusOf(requestType.extended, string(name), string('/incoming')), status.unsupported, name);
	}
});

test('an offset that no file can have is a failure', async t => {
	const {client, incoming} = await imprisoned(t);
	const handle = string(await client.open('/incoming/file', flags.read | writing));
	for (const place of [2n ** 50n * 8192n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
		t.not(await client.statusOf(requestType.write, handle, long(place), string('x')), status.ok);
		t.not(await client.statusOf(requestType.read, handle, long(place), uint32(1)), replyType.data);
		t.not(await client.statusOf(requestType.fsetstat, handle, withSize(place)), status.ok);
	}

	t.is((await stat(path.join(incoming, 'file'))).size, 0);
});

test('a read returns the requested length, up to the limit, and reports the end of the file', async t => {
	const {client, incoming} = await imprisoned(t);
	await writeFile(path.join(incoming, 'file'), Buffer.alloc(limits.transfer + 10, 7));
	const handle = string(await client.open('/incoming/file', flags.read));
	const read = async (from: number, length: number) => {
		const reply = await client.request(requestType.read, handle, offset(from), uint32(length));
		return reply.type === replyType.data ? reply.fields.string().length : statusIn(reply);
	};

	t.is(await read(0, 10), 10);
	t.is(await read(0, 0xffff_ffff), limits.transfer);
	t.is(await read(limits.transfer, 100), 10);
	t.is(await read(limits.transfer + 10, 100), status.endOfFile);
	t.is(await client.statusOf(requestType.write, handle, offset(0), string('x')), status.noSuchFile); // As with OpenSSH: EBADF.
});

test('writes go to their offsets, in any order', async t => {
	const {client, incoming} = await imprisoned(t);
	const handle = string(await client.open('/incoming/file', writing));
	await client.request(requestType.write, handle, offset(4), string('5678'));
	await client.request(requestType.write, handle, offset(0), string('1234'));
	t.is(await client.statusOf(requestType.extended, string('fsync@openssh.com'), handle), status.ok);
	t.is(await readFile(path.join(incoming, 'file'), 'utf8'), '12345678');
});

test('writes to a file that was opened to append go to its end in the order they come, as with OpenSSH', async t => {
	const {client, incoming} = await imprisoned(t);
	await writeFile(path.join(incoming, 'file'), 'old ');
	const handle = string(await client.open('/incoming/file', flags.write | flags.create | flags.append));
	for (const request of [
		client.compose(requestType.write, handle, offset(0), string('1234')),
		client.compose(requestType.write, handle, offset(1000), string('5678')),
	]) {
		client.stream.write(request);
	}

	t.deepEqual([statusIn(await client.reply()), statusIn(await client.reply())], [status.ok, status.ok]);
	t.is(await readFile(path.join(incoming, 'file'), 'utf8'), 'old 12345678');
});

test('requests that arrive together, or byte by byte, are answered in order', async t => {
	const {client, incoming} = await imprisoned(t);
	await writeFile(path.join(incoming, 'file'), Buffer.alloc(100_000));
	const handle = string(await client.open('/incoming/file', flags.read));
	const requests = Array.from({length: 60}, (_, index) =>
		index % 3 === 0
			? client.compose(requestType.read, handle, offset(0), uint32(30_000))
			: client.compose(index % 3 === 1 ? requestType.stat : requestType.realpath, string('/incoming/file')),
	);
	const ids = async () => {
		const seen: number[] = [];
		while (seen.length < 60) {
			seen.push((await client.reply()).id);
		}

		return seen;
	};

	const expected = requests.map(request => request.readUInt32BE(5));
	const together = Buffer.concat(requests);
	client.stream.write(together);
	t.deepEqual(await ids(), expected);
	for (const byte of together) {
		client.stream.write(Buffer.from([byte]));
	}

	t.deepEqual(await ids(), expected);
});

test('nothing more is read or answered while the client does not take its replies', async t => {
	const {incoming, outgoing} = await imprisoned(t);
	const file = path.join(incoming, 'file');
	await writeFile(file, Buffer.alloc(limits.transfer));
	const {promise: stuck, resolve} = Promise.withResolvers<void>();
	let replies = 0;
	const stream = new Duplex({
		read() {},
		write(_chunk, _encoding, done) {
			if (++replies < 3) {
				done();
			} else {
				resolve(); // The reply to the READ is never taken.
			}
		},
	});
	const gone = new AbortController();
	const served = serveSftp(stream, jailAround(incoming, outgoing), async () => {}, {signal: gone.signal});
	stream.push(packet(requestType.init, uint32(version)));
	stream.push(packet(requestType.open, uint32(1), string('/incoming/file'), uint32(flags.read), noAttributes));
	const read = packet(requestType.read, uint32(2), string(uint32(1)), offset(0), uint32(limits.transfer));
	for (let count = 0; count < 3000; count++) {
		stream.push(read);
	}

	await stuck;
	for (let turn = 0; turn < 300; turn++) {
		await stat(file); // Time enough to answer many of them, if it did.
	}

	t.is(replies, 3);
	t.true(stream.writableLength < 2 * limits.transfer);
	t.true(stream.readableLength > 2000 * read.length);
	gone.abort();
	await served;
});

test('requests before the end of the input are answered, and then the session ends', async t => {
	const {client, served, incoming} = await imprisoned(t);
	const handle = string(await client.open('/incoming/file', writing));
	client.stream.end(
		Buffer.concat([client.compose(requestType.write, handle, offset(0), string('last words')), client.compose(requestType.close, handle)]),
	);
	t.is(statusIn(await client.reply()), status.ok);
	t.is(statusIn(await client.reply()), status.ok);
	await served;
	t.is(await readFile(path.join(incoming, 'file'), 'utf8'), 'last words');
});

test('a file that is open when the client disconnects is closed and recorded as interrupted', async t => {
	const {client, served, events} = await imprisoned(t);
	const handle = string(await client.open('/incoming/file', writing));
	await client.request(requestType.write, handle, offset(0), string('half'));
	await client.open('/incoming/file', flags.read);
	client.stream.destroy();
	await served;
	t.deepEqual(events, [
		{event: 'sftp-upload', path: '/incoming/file', bytes: 4, result: 'interrupted'},
		{event: 'sftp-download', path: '/incoming/file', bytes: 0, result: 'interrupted'},
	]);
});

test('an operation that cannot be recorded is not reported as done', async t => {
	const {incoming, outgoing} = await imprisoned(t);
	await writeFile(path.join(incoming, 'file'), '');
	const answers: Buffer[] = [];
	const stream = new Duplex({
		read() {},
		write(chunk, _encoding, done) {
			answers.push(chunk);
			done();
		},
	});
	const served = serveSftp(stream, jailAround(incoming, outgoing), async () => {
		throw Object.assign(new Error('No space left'), {code: 'ENOSPC'});
	});
	stream.push(packet(requestType.init, uint32(version)));
	stream.push(packet(requestType.remove, uint32(1), string('/incoming/file')));
	stream.push(null);
	await served;
	t.is(answers[1]!.readUInt32BE(9), status.failure);
});
