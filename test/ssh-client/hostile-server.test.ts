// Whatever a server answers, an upload ends, and in words.
import test from 'ava';
import {Problem} from '../../src/problem.js';
import {connect} from '../../src/ssh-client/connect.js';
import type {Host} from '../../src/ssh-client/host.js';
import {RemoteFiles} from '../../src/ssh-client/remote-files.js';
import {uploadPart} from '../../src/ssh-client/upload-part.js';
import {requestType, replyType, status} from '../../src/sftp/protocol.js';
import {packet} from '../../src/sftp/packet.js';
import {string} from '../../src/ssh-keys/wire.js';
import {hostileServer, replies, statusReply} from './hostile-server.js';
import {scripted} from './operator.js';

const file = {name: 'SOAPServer.key', bytes: Buffer.from('a private key')};

/** Uploads the file, and resolves with how that ended: `done`, or an error. */
async function outcome(host: Host, timeoutMs?: number): Promise<unknown> {
	const {client, close} = await connect([host], scripted([], true));
	try {
		const files = await RemoteFiles.of(client, timeoutMs);
		await (await uploadPart(files, '/incoming', file, () => undefined)).commit();
		return 'done';
	} catch (error) {
		return error;
	} finally {
		close();
	}
}

test('an honest server has the file', async t => {
	t.is(await outcome(await hostileServer(t, () => 'honest')), 'done');
});

for (const name of ['init', 'open', 'fsetstat', 'fstat', 'write', 'read', 'close', 'remove', 'rename'] as const) {
	test(`a reply of any type to ${name}, or none, ends the upload with a problem or does no harm`, async t => {
		const type = requestType[name];
		for (const [kind, reply] of Object.entries({...replies, none: (_id: Buffer) => undefined})) {
			const host = await hostileServer(t, (requested, id) => (requested === type ? reply(id) : 'honest'));
			const result = await outcome(host, kind === 'none' || kind === 'huge' ? 200 : 5000);
			t.true(result === 'done' || result instanceof Problem, `${kind}: ${result instanceof Error ? result.stack : String(result)}`);
		}
	});
}

test('a server that never answers is reported as one', async t => {
	for (const type of [requestType.init, requestType.open]) {
		const host = await hostileServer(t, requested => (requested === type ? undefined : 'honest'));
		t.like(await outcome(host, 100), {code: 'connection-lost'});
	}
});

test('a reply that does not fit is reported', async t => {
	const host = await hostileServer(t, (type, id) => (type === requestType.open ? replies['attributes']!(id) : 'honest'));
	t.like(await outcome(host), {code: 'sftp-broken'});
});

test('reads of 0 bytes end the upload', async t => {
	const host = await hostileServer(t, (type, id) => (type === requestType.read ? packet(replyType.data, id, string('')) : 'honest'));
	t.like(await outcome(host), {code: 'sftp-refused', message: 'The host returned 0 of 13 bytes.'});
});

test('of long texts only the beginning is shown', async t => {
	const long = 'long '.repeat(4000);
	const host = await hostileServer(t, (type, id) => (type === requestType.open ? statusReply(id, status.failure, long) : 'honest'), long);
	const {message} = (await outcome(host)) as Problem;
	t.true(message.length < 400, message);
	const operator = scripted([], true);
	(await connect([host], operator)).close();
	t.true(operator.told.join('').length < 9000);
});
