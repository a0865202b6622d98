// Each side of a registration is killed, and its disk is full, at every change of the file system that it makes. Whatever the moment, no
// other server's certificate is lost, the connections tell what works, and registering again mends it.
import {readFile} from 'node:fs/promises';
import test from 'ava';
import {
	assertMended,
	assertOthersKept,
	assertWhole,
	countChanges,
	failing,
	makeRig,
	register,
	renew,
	renewModuleServer,
	startInFront,
	trusted,
	withFault,
} from './fixtures/lab.js';
import {fingerprintIn} from '../helpers/sandbox.js';

test('the process that registers is killed at any change that it makes', async t => {
	const rig = await makeRig(t);
	await renew(rig);
	const changes = await countChanges(t, async env => register(rig, rig.ts1, env));
	t.true(changes > 10, String(changes));
	const endings = new Set<string>();
	for (let nth = 1; nth <= changes; nth++) {
		await renew(rig);
		const moment = `killed at change ${nth}`;
		t.is((await register(rig, rig.ts1, withFault({fault: 'kill', nth}))).signal, 'SIGKILL', moment);
		await assertOthersKept(t, rig, moment);
		const isTrusted = (await trusted(rig)).includes(await fingerprintIn(rig.ts1.layout.soapCertificate));
		const failed = (await failing(rig.ts1)).filter(line => /^[34]/.test(line)); // Its services may be stopped, which is told as well.
		t.true(isTrusted || failed.length > 0, `${moment}: what fails is told`);
		endings.add(failed.length === 0 ? 'trusted' : isTrusted ? 'published' : 'old');
		await assertMended(t, rig, moment);
	}

	await assertWhole(t, rig);
	t.true(endings.has('trusted') && endings.has('old'), [...endings].join(' '));
});

test('the Tanium Server is killed at any change that it makes while it registers', async t => {
	const rig = await makeRig(t);
	await renew(rig);
	const changes = await countChanges(t, async env => {
		const server = await startInFront(t, rig.ts1, env);
		await register(rig, rig.ts1);
		await server.end();
	});
	t.true(changes >= 4, String(changes));
	for (let nth = 1; nth <= changes; nth++) {
		await renewModuleServer(rig);
		const moment = `killed at change ${nth}`;
		const server = await startInFront(t, rig.ts1, withFault({fault: 'kill', nth}));
		const {exitCode, stderr} = await register(rig, rig.ts1);
		t.is(exitCode, 1, moment);
		t.regex(stderr, /ended the connection before it answered/, moment);
		t.regex(stderr, /may have registered it nevertheless/, moment);
		t.is(await server.signal, 'SIGKILL', moment);
		await server.end();
		await assertOthersKept(t, rig, moment);
		t.is((await register(rig, rig.ts2)).exitCode, 0, moment);
		await assertMended(t, rig, moment);
	}

	await assertWhole(t, rig);
});

test('on a full disk of the Module Server the old certificates stay trusted', async t => {
	const rig = await makeRig(t);
	const changes = await countChanges(t, async env => register(rig, rig.ts1, env));
	const before = await fingerprintIn(rig.ts1.layout.soapCertificate);
	for (let nth = 1; nth <= changes; nth++) {
		const {exitCode, stderr} = await register(rig, rig.ts1, withFault({fault: 'full', nth}));
		t.true(exitCode === 0 || stderr.includes('The disk is full'), `full from change ${nth}: ${stderr}`);
		t.true((await trusted(rig)).includes(before), `full from change ${nth}`);
		t.deepEqual([await failing(rig.ts1), await failing(rig.tms)], [[], []], `full from change ${nth}`);
		await assertOthersKept(t, rig, `full from change ${nth}`);
	}

	await renew(rig);
	await assertMended(t, rig, 'afterwards');
	await assertWhole(t, rig);
});

test('on a full disk of the Tanium Server its trust file and what it knows of the Module Server stay, and the reason is told', async t => {
	const rig = await makeRig(t);
	await renewModuleServer(rig);
	const {trustedModuleServers, moduleServerPlace} = rig.ts1.layout;
	const files = async () => Promise.all([trustedModuleServers, moduleServerPlace].map(async file => readFile(file, 'utf8')));
	const before = await files();
	for (const nth of [1, 2]) {
		const server = await startInFront(t, rig.ts1, withFault({fault: 'full', nth}));
		const {exitCode, stderr} = await register(rig, rig.ts1);
		t.is(exitCode, 1);
		t.regex(stderr.replaceAll(/\s+/g, ' '), /The Tanium Server cannot write its trust file, which is as it was\. The disk is full/);
		t.deepEqual(await files(), before);
		await server.end();
		await assertOthersKept(t, rig, `full from change ${nth}`);
	}

	t.is((await register(rig, rig.ts2)).exitCode, 0);
	await assertMended(t, rig, 'afterwards');
	await assertWhole(t, rig);
});

test('registrations with two Tanium Servers at once both succeed', async t => {
	const rig = await makeRig(t);
	await renew(rig);
	await renewModuleServer(rig);
	const results = await Promise.all([register(rig, rig.ts1), register(rig, rig.ts2), register(rig, rig.ts1)]);
	for (const {exitCode, stdout, stderr} of results) {
		t.is(exitCode, 0, stdout + stderr);
	}

	await assertMended(t, rig, 'afterwards');
	await assertWhole(t, rig);
});
