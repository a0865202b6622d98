// Appliances in network namespaces of their own, and a link between them that is cut: packets vanish, and nobody tells that. OpenSSL
// says what each server presents.
import {once} from 'node:events';
import {watch} from 'node:fs';
import {copyFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {certificatesIn, fingerprintOf} from '../../src/certificates/parse/pem.js';
import {makeLab, tanos, type LabMember} from '../helpers/appliance.js';
import {bindArray, both, newPair, trustedBy} from '../helpers/array.js';
import {separate, type Network} from '../helpers/namespaces.js';
import {fingerprintIn} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

type Separated = {network: Network; ts1: LabMember; ts2: LabMember; tms: LabMember};

/** An array of two Tanium Servers and a Module Server, managed by the first. */
async function separateArray(t: ExecutionContext): Promise<Separated> {
	const lab = await makeLab(t, 'active-active');
	await tanos(['lab', 'stop', '--root', lab.root]);
	const {network, members} = await separate(t, lab.members);
	const [ts1, ts2, tms] = members as [LabMember, LabMember, LabMember];
	await bindArray(t, {ts1, ts2, tms}, async (member, words, input) => network.run(member, words.split(' '), input));
	return {network, ts1, ts2, tms};
}

/** What a Tanium Server presents, by OpenSSL in the server's own namespace. */
async function presented(network: Network, member: LabMember): Promise<string> {
	const {stdout} = await network.execute(member, ['openssl', 's_client', '-connect', `${member.address}:${member.ports.console}`]);
	return fingerprintOf(certificatesIn(stdout)[0]!);
}

/** Resolves once this file of a server is written. */
async function changeOf(file: string): Promise<void> {
	const watcher = watch(path.dirname(file));
	for (;;) {
		const [, name] = (await once(watcher, 'change')) as [string, string];
		if (name === path.basename(file)) {
			watcher.close();
			return;
		}
	}
}

const test = testWith('ip', 'ssh', 'openssl');

test.serial('a link that is cut during a rollout stops it, and it is carried on once the link is back', async t => {
	const {network, ts1, ts2, tms} = await separateArray(t);
	const old = await presented(network, ts2);
	const pair = await newPair(t, both);
	const next = await fingerprintIn(pair.certificate);
	const words = ['soap', 'rollout', pair.certificate, pair.key];
	const isChanged = changeOf(ts1.layout.soapCertificate);
	const rollout = network.run(ts1, words, 'yes\n');
	await isChanged;
	await network.setLink(ts2, 'down');
	const stopped = await rollout;
	t.is(stopped.exitCode, 3, stopped.stdout);
	t.regex(stopped.stdout, /ts2\.example\.com: .*not known/);
	t.deepEqual([await presented(network, ts1), await presented(network, ts2)], [next, old]);

	const silent = await network.run(ts1, ['show', 'array']);
	t.is(silent.exitCode, 1);
	t.regex(silent.stdout, /ts2\.example\.com .*cannot be reached: it does not answer/);

	await network.setLink(ts2, 'up');
	const resumed = await network.run(ts1, ['soap', 'rollout', '--resume']);
	t.is(resumed.exitCode, 0, resumed.stdout);
	t.deepEqual([await presented(network, ts1), await presented(network, ts2)], [next, next]);
	t.deepEqual(await trustedBy(tms), [next]);
	t.is((await network.run(ts1, ['array', 'self', 'test'])).stdout.match(/: good/g)?.length, 3);
});

test.serial('a Module Server whose link is cut in the middle of a replacement trusts the old pair again, and only it', async t => {
	const {network, ts1, ts2, tms} = await separateArray(t);
	const [old, other] = [await presented(network, ts1), await presented(network, ts2)];
	const pair = await newPair(t, both);
	const install = async () => network.run(ts1, ['soap', 'install', '--overlap'], 'yes\n');
	await copyFile(pair.certificate, path.join(ts1.layout.incoming, 'SOAPServer.crt'));
	await copyFile(pair.key, path.join(ts1.layout.incoming, 'SOAPServer.key'));

	await network.setLink(tms, 'down');
	const refused = await install();
	t.is(refused.exitCode, 1);
	t.is(await presented(network, ts1), old);
	await network.setLink(tms, 'up');

	const isPublished = changeOf(tms.layout.trustedTaniumServers);
	const installation = install();
	await isPublished;
	await network.setLink(tms, 'down');
	t.is((await installation).exitCode, 1);
	t.is(await presented(network, ts1), old);
	t.true((await trustedBy(tms)).includes(await fingerprintIn(pair.certificate)), 'it cannot be told yet');

	await network.setLink(tms, 'up');
	let tested;
	do {
		tested = await network.run(ts1, ['array', 'self', 'test']);
	} while (tested.exitCode !== 0 || (await trustedBy(tms)).length > 2);

	t.deepEqual((await trustedBy(tms)).toSorted(), [old, other].toSorted());
	t.is((await install()).exitCode, 0);
	t.is(await presented(network, ts1), await fingerprintIn(pair.certificate));
});
