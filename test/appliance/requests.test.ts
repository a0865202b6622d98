import {readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {damagedRequests, removeRequest, savedRequests, saveRequest} from '../../src/appliance/requests.js';
import {makeRequest} from '../../src/certificates/issuance/request.js';
import {subjectOf} from '../../src/certificates/issuance/subject.js';
import {emptyLayout, modeOf} from './folder.js';

const now = new Date('2026-11-23T22:48:00Z');
const made = async (...names: string[]) => makeRequest(subjectOf(names), {days: 1});

test('a request is saved with its key, which only its owner can read', async t => {
	const layout = await emptyLayout(t);
	const {request, key} = await made('ts1.example.com');
	const saved = await saveRequest(layout, 'ts1.example.com', {request, key}, now);
	t.is(saved.id, 'ts1.example.com-20261123-224800');
	t.is(saved.request.toString(), request);
	t.deepEqual(await readFile(saved.keyFile), key);
	t.is(await modeOf(saved.keyFile), '0600');
	t.is(await modeOf(path.dirname(saved.keyFile)), '0700');
	t.deepEqual(await savedRequests(layout), [saved]);
});

test('requests of the same time have separate folders, and the newest is listed first', async t => {
	const layout = await emptyLayout(t);
	const one = await made('2001:db8::1');
	for (const moment of [now, now, new Date('2026-11-24T00:00:00Z')]) {
		await saveRequest(layout, '2001:db8::1', one, moment);
	}

	t.deepEqual(
		(await savedRequests(layout)).map(({id}) => id),
		['2001_db8__1-20261124-000000', '2001_db8__1-20261123-224800-2', '2001_db8__1-20261123-224800'],
	);
});

test('a request without its key, and one that was removed, are not listed', async t => {
	const layout = await emptyLayout(t);
	t.deepEqual(await savedRequests(layout), []);
	await rm((await saveRequest(layout, 'ts0.example.com', await made('ts0.example.com'), now)).keyFile);
	t.deepEqual(await savedRequests(layout), []);
	t.deepEqual(await damagedRequests(layout), []);
	const saved = await saveRequest(layout, 'ts1.example.com', await made('ts1.example.com'), now);
	await removeRequest(layout, saved);
	t.deepEqual(await savedRequests(layout), []);
	t.deepEqual(await readdir(layout.requests), ['ts0.example.com-20261123-224800']);
});

test('a damaged request does not affect the others, and its folder is reported', async t => {
	const layout = await emptyLayout(t);
	const {keyFile} = await saveRequest(layout, 'ts1.example.com', await made('ts1.example.com'), now);
	await writeFile(path.join(path.dirname(keyFile), 'request.csr'), 'text');
	t.deepEqual(await savedRequests(layout), []);
	t.deepEqual(await damagedRequests(layout), [path.dirname(keyFile)]);
	await rm(path.join(path.dirname(keyFile), 'request.csr'));
	t.deepEqual(await damagedRequests(layout), [path.dirname(keyFile)]);
});
