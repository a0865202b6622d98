// What a manager does not take for granted: who orders, what members tell, and that nothing has changed since then.
import {copyFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {readArray, writeArray} from '../../src/appliance/array.js';
import {changeRecords} from '../../src/appliance/change-records.js';
import {readRollout, writeRollout, type RolloutServer} from '../../src/array/stored-rollout.js';
import {tanos} from '../helpers/appliance.js';
import {assertServed, both, makeArray, newPair, rollOut, run} from '../helpers/array.js';
import {fingerprintIn} from '../helpers/sandbox.js';

test.serial('a server that does not serve its pair, another pair since then, and a lying member are told', async t => {
	const lab = await makeArray(t);
	const {ts1, ts2} = lab;
	const pair = await newPair(t, both);
	t.is((await rollOut(ts1, pair)).exitCode, 0);
	await run(ts1, 'service stop taniumserver', 'yes\n');
	const stopped = await rollOut(ts1, pair, ['--member', 'ts2.example.com', ...Object.values(await newPair(t, both))]);
	t.is(stopped.exitCode, 1);
	t.regex(stopped.stdout, /Stopped: .*\nts1\.example\.com: Not installed\..*\nts2\.example\.com: not touched\./);
	await run(ts1, 'service start taniumserver');

	const next = await newPair(t, both);
	t.is((await rollOut(ts1, next)).exitCode, 0);
	const other = await newPair(t, both);
	await copyFile(other.certificate, path.join(ts2.layout.incoming, 'SOAPServer.crt'));
	await copyFile(other.key, path.join(ts2.layout.incoming, 'SOAPServer.key'));
	t.is((await run(ts2, 'soap install --overlap', 'yes\n')).exitCode, 0);
	const undone = await run(ts1, 'soap rollout --undo', 'yes\n');
	t.is(undone.exitCode, 1);
	t.regex(undone.stdout, /ts2\.example\.com: the new pair stays\. .*Another pair was installed there since then/);
	await assertServed(t, lab, [await fingerprintIn(pair.certificate), await fingerprintIn(other.certificate)]);

	for (const words of [
		['--member', 'ts1.example.com', 'a', 'b', '--member', 'ts1.example.com', 'c', 'd'],
		['--member', 'ts1.example.com', '--dry-run'],
	]) {
		t.is((await tanos(['soap', 'rollout', ...words, '--root', ts1.root])).exitCode, 2);
	}

	const stored = (await readRollout(ts1.layout))!;
	const [first] = stored.servers as [RolloutServer];
	const told = ['\u001B]0;title\u0007', 'ts2.example.com: installed \u009B31m'];
	const lying = {...first, undone: {...first.undone!, outcome: 'refused' as const, told}} as RolloutServer;
	await writeRollout(ts1.layout, {...stored, servers: [lying]});
	for (const words of ['soap rollout --status', 'soap rollout --status json']) {
		t.notRegex((await run(ts1, words)).stdout, /[\u001B\u0007\u009B]/);
	}
});

test.serial('only the manager of the array orders changes', async t => {
	const {ts1, ts2} = await makeArray(t);
	const array = (await readArray(ts1.layout))!;
	await writeArray(ts1.layout, {...array, manager: 'ts2.example.com'});
	const pair = await newPair(t, both);
	t.regex((await rollOut(ts1, pair)).stderr, /ts2\.example\.com manages the array/);
	await writeArray(ts2.layout, {...array, manager: 'ts2.example.com'});
	await writeArray(ts1.layout, array);
	t.regex((await rollOut(ts1, pair)).stdout, /ts2\.example\.com: .*Only the array's manager, ts2\.example\.com, may do that/);
	t.deepEqual(await changeRecords(ts2.layout), []);
});
