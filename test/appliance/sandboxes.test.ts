import {readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {createAppliance} from '../../src/appliance/create.js';
import {freeAddresses} from '../../src/appliance/free-addresses.js';
import type {Layout} from '../../src/appliance/layout.js';
import {takenPlaces} from '../../src/appliance/sandboxes.js';
import {emptyFolder, emptyLayout} from './folder.js';

const create = async (layout: Layout, address?: string) =>
	createAppliance(layout, {name: 'ts1.example.com', role: 'all-in-one', authorizedKeys: [], ...(address !== undefined && {address})});

test.serial('what a stopped sandbox has is not free for another one, until it is removed', async t => {
	const cache = await emptyFolder(t);
	process.env['XDG_CACHE_HOME'] = cache;
	const [first, second, third] = [await emptyLayout(t), await emptyLayout(t), await emptyLayout(t)];
	const {identity: one} = await create(first);
	const {identity: two} = await create(second);
	t.false(Object.values(two.ports).some(port => Object.values(one.ports).includes(port)));

	await create(third, '127.77.0.100');
	t.deepEqual(
		(await takenPlaces()).map(({address}) => address),
		['127.0.0.1', '127.0.0.1', '127.77.0.100'],
	);
	for (let round = 0; round < 20; round++) {
		await using addresses = await freeAddresses(100, [8443]);
		t.false(addresses.of.includes('127.77.0.100'));
	}

	await rm(first.root, {recursive: true});
	t.is((await takenPlaces()).length, 2);
	await writeFile(path.join(cache, 'tanos', 'sandboxes.json'), 'damaged');
	t.deepEqual(await takenPlaces(), []);
	await create(first);
	t.regex(await readFile(path.join(cache, 'tanos', 'sandboxes.json'), 'utf8'), new RegExp(first.root));
});
