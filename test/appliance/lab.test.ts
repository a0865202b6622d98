import {mkdir, readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {labAuthority, labRoot} from '../../src/appliance/lab.js';
import {leaveInOutgoing} from '../../src/appliance/outgoing.js';
import {Problem} from '../../src/problem.js';
import {emptyLayout, modeOf} from './folder.js';

test('the lab CA is made once, even by two at once, and nobody else may read its key', async t => {
	const layout = await emptyLayout(t);
	const made = await Promise.all([labAuthority(layout, new Date()), labAuthority(layout, new Date())]);
	t.deepEqual(made[0], made[1]);
	t.deepEqual(await labAuthority(layout, new Date()), made[0]);
	t.deepEqual((await readdir(layout.lab)).toSorted(), ['issuing.crt', 'issuing.key', 'root.crt'], "the root's key is not kept");
	t.is(await modeOf(path.join(layout.lab, 'issuing.key')), '0600');
	t.deepEqual(await readdir(layout.state), ['lab-ca']);
});

test('a lab CA that lost a file is a problem, and is not made anew over what is there', async t => {
	const layout = await emptyLayout(t);
	await labAuthority(layout, new Date());
	await rm(labRoot(layout));
	const problem = await t.throwsAsync<Problem>(labAuthority(layout, new Date()), {instanceOf: Problem});
	t.is(problem.code, 'lab-unreadable');
});

test("what is left in /outgoing takes no other file's place, and the same is not left twice", async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.outgoing, {recursive: true});
	t.is(await leaveInOutgoing(layout, 'a.crt', 'one'), 'a.crt');
	t.is(await leaveInOutgoing(layout, 'a.crt', 'two'), 'a-2.crt');
	t.is(await leaveInOutgoing(layout, 'a.crt', 'one'), 'a.crt');
	t.deepEqual((await readdir(layout.outgoing)).toSorted(), ['a-2.crt', 'a.crt']);
});
