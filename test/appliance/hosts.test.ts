import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {addressOf} from '../../src/appliance/hosts.js';
import {emptyLayout} from './folder.js';

test('a name in etc/hosts has its address, in any case and as an alias, and any other name is left to the system', async t => {
	const layout = await emptyLayout(t);
	t.is(await addressOf(layout, 'ts1.example.com'), 'ts1.example.com');
	await mkdir(path.dirname(layout.hosts), {recursive: true});
	await writeFile(
		layout.hosts,
		'# 127.0.0.9 ts1.example.com\n127.77.0.1\tTS1.example.com  ts1 # the first\n\n127.77.0.2 ts2.example.com\n',
	);
	t.is(await addressOf(layout, 'ts1.EXAMPLE.com'), '127.77.0.1');
	t.is(await addressOf(layout, 'ts1'), '127.77.0.1');
	t.is(await addressOf(layout, 'ts2.example.com'), '127.77.0.2');
	t.is(await addressOf(layout, 'the'), 'the');
});
