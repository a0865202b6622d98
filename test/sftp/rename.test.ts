// A file has one name, however many clients rename it at once.
import {mkdir, readdir, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {imprisoned, jailAround} from './raw-sftp.js';
import {rawStdio} from './stdio.js';
import {string} from '../../src/ssh-keys/wire.js';
import {requestType} from '../../src/sftp/protocol.js';

const rounds = Array.from({length: 150}, (_, round) => String(round));

test('concurrent renames, replacements and removals in the jail leave at most one name', async t => {
	const {incoming, outgoing} = await imprisoned(t);
	const jail = jailAround(incoming, outgoing);
	for (const round of rounds) {
		await mkdir(path.join(incoming, round));
		await writeFile(path.join(incoming, round, 'file'), '');
		const [file, first, second] = ['file', 'first', 'second'].map(name => `/incoming/${round}/${name}`) as [string, string, string];
		const rivals = [() => jail.rename(file, second), () => jail.replace(file, second), () => jail.remove(file)];
		const results = await Promise.allSettled([jail.rename(file, first), rivals[Number(round) % 3]!()]);
		t.is(results.filter(({status}) => status === 'fulfilled').length, 1, round);
		t.true((await readdir(path.join(incoming, round))).length <= 1, round);
	}
});

test('concurrent renames by two processes leave one name', async t => {
	const {outside} = await imprisoned(t);
	const clients = [await rawStdio(t), await rawStdio(t)];
	for (const round of rounds) {
		const folder = path.join(outside, round);
		await mkdir(folder);
		await writeFile(path.join(folder, 'file'), '');
		const statuses = await Promise.all(
			clients.map(async (client, index) =>
				client.statusOf(requestType.rename, string(path.join(folder, 'file')), string(path.join(folder, String(index)))),
			),
		);
		const [name = '', ...more] = await readdir(folder);
		t.deepEqual(more, [], `${round}: ${statuses.join(' ')}`);
		t.is((await stat(path.join(folder, name))).nlink, 1);
	}
});
