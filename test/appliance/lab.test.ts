import {mkdir, readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {labAuthority, labRoot} from '../../src/appliance/lab.js';
import {leaveInOutgoing} from '../../src/appliance/outgoing.js';
import {Problem} from '../../src/problem.js';
import {emptyLayout, modeOf} from './folder.js';

test('the lab CA is created once, even by two callers at the same time, and only its owner can read its key', async t => {
	const layout = await emptyLayout(t);
	const made = await Promise.all([labAuthority(layout, new Date()), labAuthority(layout, new Date())]);
	t.deepEqual(made[0], made[1]);
	t.deepEqual(await labAuthority(layout, new Date()), made[0]);
	t.deepEqual((await readdir(layout.lab)).toSorted(), ['issuing.crt', 'issuing.key', 'root.crt'], "the root's key is not kept");
	t.is(await modeOf(path.join(layout.lab, 'issuing.key')), '0600');
	t.deepEqual(await readdir(layout.state), ['lab-ca']);
});

test('a lab CA without one of its files is a problem, and is not created again over the others', async t => {
	const layout = await emptyLayout(t);
	await labAuthority(layout, new Date());
	await rm(labRoot(layout));
	const problem = await t.throwsAsync<Problem>(labAuthority(layout, new Date()), {instanceOf: Problem});
	t.is(problem.code, 'lab-unreadable');
});

test('a file copied to /outgoing replaces no other file, and the same content is not copied twice', async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.outgoing, {recursive: true});
	t.is(await leaveInOutgoing(layout, 'a.crt', 'one'), 'a.crt');
	t.is(await leaveInOutgoing(layout, 'a.crt', 'two'), 'a-2.crt');
	t.is(await leaveInOutgoing(layout, 'a.crt', 'one'), 'a.crt');
	t.deepEqual((await readdir(layout.outgoing)).toSorted(), ['a-2.crt', 'a.crt']);
});
