import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import type {Layout} from '../../src/appliance/layout.js';
import {readRegisteredServers} from '../../src/appliance/server-places.js';
import {
	keepCertificate,
	leasesIn,
	publishCertificate,
	removeEnded,
	trustServer,
	withdrawCertificate,
} from '../../src/appliance/trusted-servers.js';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import {certificatesIn, fingerprintOf, toPem} from '../../src/certificates/parse/pem.js';
import {ifPresent} from '../../src/if-present.js';
import {emptyLayout} from './folder.js';

const [ts1, ts2] = [
	{name: 'ts1.example.com', port: 8443},
	{name: 'ts2.example.com', port: 8443},
];
const soon = new Date('2030-01-01T00:15:00Z');

async function moduleServer(t: ExecutionContext): Promise<Layout> {
	const layout = await emptyLayout(t);
	await Promise.all(
		[layout.moduleServer, layout.settings, layout.locks].map(async folder => mkdir(folder, {recursive: true, mode: 0o700})),
	);
	return layout;
}

async function certificate(): Promise<Buffer> {
	const {certificate, key} = await selfSignedPair({hostnames: ['ts1.example.com'], days: 1});
	key.fill(0);
	return certificatesIn(certificate)[0]!;
}

async function listed(layout: Layout): Promise<string[]> {
	const text = await ifPresent(async () => readFile(layout.trustedTaniumServers));
	return text === undefined ? [] : certificatesIn(text).map(der => fingerprintOf(der));
}

async function leases(layout: Layout): Promise<string[]> {
	const text = await ifPresent(async () => readFile(layout.leases, 'utf8'));
	return text === undefined ? [] : Object.keys(leasesIn(text));
}

test("a registration replaces that server's certificate and nobody else's", async t => {
	const layout = await moduleServer(t);
	const [first, other, second, byHand] = await Promise.all([certificate(), certificate(), certificate(), certificate()]);
	await trustServer(layout, ts1, first);
	await trustServer(layout, ts2, other);
	await writeFile(layout.trustedTaniumServers, toPem('CERTIFICATE', byHand), {flag: 'a'});
	await trustServer(layout, ts1, second);
	t.deepEqual((await listed(layout)).toSorted(), [other, second, byHand].map(der => fingerprintOf(der)).toSorted());
	t.deepEqual(
		(await readRegisteredServers(layout))!.map(({name, certificates}) => [name, certificates]),
		[
			['ts1.example.com', [fingerprintOf(second)]],
			['ts2.example.com', [fingerprintOf(other)]],
		],
	);
});

test('a certificate that two servers share stays until the last of them has another', async t => {
	const layout = await moduleServer(t);
	const [shared, one, two] = await Promise.all([certificate(), certificate(), certificate()]);
	await trustServer(layout, ts1, shared);
	await trustServer(layout, ts2, shared);
	await trustServer(layout, ts1, one);
	t.deepEqual((await listed(layout)).toSorted(), [fingerprintOf(shared), fingerprintOf(one)].toSorted());
	await trustServer(layout, ts2, two);
	t.deepEqual((await listed(layout)).toSorted(), [fingerprintOf(one), fingerprintOf(two)].toSorted());
});

test('case, a final dot and a second name of its address make no other server', async t => {
	const layout = await moduleServer(t);
	await writeFile(layout.hosts, '127.77.0.1 ts1.example.com\n127.77.0.2 ts2.example.com\n');
	const [one, two, other] = await Promise.all([certificate(), certificate(), certificate()]);
	await trustServer(layout, {name: 'TS1.Example.com', port: 8443}, one);
	await trustServer(layout, ts2, other);
	for (const name of ['ts1.example.COM.', '127.77.0.1', 'TS1.example.com']) {
		await trustServer(layout, {name, port: 8443}, two);
		t.deepEqual(await listed(layout), [fingerprintOf(other), fingerprintOf(two)], name);
		await trustServer(layout, {name, port: 8443}, one);
		t.deepEqual(await listed(layout), [fingerprintOf(other), fingerprintOf(one)], name);
	}

	t.deepEqual(
		(await readRegisteredServers(layout))!.map(({name}) => name),
		['ts1.example.com', 'ts2.example.com'],
	);
});

test('a lease that was left behind does not take the certificate of a registered server', async t => {
	const layout = await moduleServer(t);
	const own = await certificate();
	await trustServer(layout, ts1, own);
	await writeFile(layout.leases, JSON.stringify({version: 1, leases: {[fingerprintOf(own)]: soon.toISOString()}}));
	await removeEnded(layout, soon);
	t.deepEqual([await listed(layout), await leases(layout)], [[fingerprintOf(own)], []]);
});

test('without a record, as in an earlier release, what is trusted belongs to the server that is registered next', async t => {
	const layout = await moduleServer(t);
	const [old, fresh] = await Promise.all([certificate(), certificate()]);
	await writeFile(layout.trustedTaniumServers, toPem('CERTIFICATE', old));
	await trustServer(layout, ts1, fresh);
	t.deepEqual(await listed(layout), [fingerprintOf(fresh)]);
});

test('a published certificate has a lease until it is presented, registered or withdrawn', async t => {
	const layout = await moduleServer(t);
	const [old, fresh] = await Promise.all([certificate(), certificate()]);
	const [oldPrint, freshPrint] = [fingerprintOf(old), fingerprintOf(fresh)];
	await trustServer(layout, ts1, old);
	t.false(await publishCertificate(layout, ts1, old, soon));
	t.deepEqual(await leases(layout), []);
	for (const end of [keepCertificate, async () => trustServer(layout, ts1, fresh)]) {
		t.true(await publishCertificate(layout, ts1, fresh, soon));
		t.deepEqual(await listed(layout), [oldPrint, freshPrint]);
		t.deepEqual(await leases(layout), [freshPrint]);
		await end(layout, freshPrint);
		t.deepEqual(await leases(layout), []);
		t.true((await listed(layout)).includes(freshPrint));
		await trustServer(layout, ts1, old);
		await withdrawCertificate(layout, ts1, freshPrint);
	}

	await publishCertificate(layout, ts1, fresh, soon);
	await withdrawCertificate(layout, ts1, freshPrint);
	t.deepEqual([await listed(layout), await leases(layout)], [[oldPrint], []]);
	await withdrawCertificate(layout, ts1, oldPrint);
	t.deepEqual(await listed(layout), [oldPrint], 'it is that of a registered server');
});

test('no more than eight certificates are published for one server at a time', async t => {
	const layout = await moduleServer(t);
	const published = await Promise.all(Array.from({length: 9}, async () => certificate()));
	for (const one of published.slice(0, 8)) {
		t.true(await publishCertificate(layout, ts1, one, soon));
	}

	t.true(await publishCertificate(layout, ts1, published[0]!, soon), 'the same again');
	await t.throwsAsync(publishCertificate(layout, ts1, published[8]!, soon), {code: 'too-many-published'});
	t.true(await publishCertificate(layout, ts2, published[8]!, soon));
	t.is((await listed(layout)).length, 9);
});

test('a registered certificate that was removed by hand is not brought back by a registration that fails', async t => {
	const layout = await moduleServer(t);
	const own = await certificate();
	await trustServer(layout, ts1, own);
	await writeFile(layout.trustedTaniumServers, '');
	t.true(await publishCertificate(layout, ts1, own, soon));
	await withdrawCertificate(layout, ts1, fingerprintOf(own));
	t.deepEqual([await listed(layout), await leases(layout)], [[], []]);
});

test('what was published for a server and presented is removed with its next registration, and withdrawn by nobody else', async t => {
	const layout = await moduleServer(t);
	const [old, orphan, fresh] = await Promise.all([certificate(), certificate(), certificate()]);
	await trustServer(layout, ts1, old);
	await publishCertificate(layout, ts1, orphan, soon);
	await withdrawCertificate(layout, ts2, fingerprintOf(orphan));
	await keepCertificate(layout, fingerprintOf(orphan)); // Then whoever registered it was killed.
	await trustServer(layout, ts2, old);
	t.deepEqual(await listed(layout), [fingerprintOf(old), fingerprintOf(orphan)]);
	await trustServer(layout, ts1, fresh);
	t.deepEqual(await listed(layout), [fingerprintOf(old), fingerprintOf(fresh)], 'the old one is that of the other server by now');
});

test('certificates whose lease has ended are removed, and no others', async t => {
	const layout = await moduleServer(t);
	const [old, one, two] = await Promise.all([certificate(), certificate(), certificate()]);
	await trustServer(layout, ts1, old);
	await publishCertificate(layout, ts1, one, soon);
	await publishCertificate(layout, ts1, two, new Date(soon.getTime() + 1));
	await removeEnded(layout, soon);
	t.deepEqual(await listed(layout), [fingerprintOf(old), fingerprintOf(two)]);
	t.deepEqual(await leases(layout), [fingerprintOf(two)]);
});

test('a damaged trust file is written anew for a single server, and never when it holds the certificates of others', async t => {
	const layout = await moduleServer(t);
	const [one, two] = await Promise.all([certificate(), certificate()]);
	await trustServer(layout, ts1, one);
	await writeFile(layout.trustedTaniumServers, '-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----\n');
	await trustServer(layout, ts1, one);
	t.deepEqual(await listed(layout), [fingerprintOf(one)]);
	await trustServer(layout, ts2, two);
	await writeFile(layout.trustedTaniumServers, '-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----\n');
	await t.throwsAsync(trustServer(layout, ts1, one), {code: 'trust-unreadable', message: /2 Tanium Servers/});
	await rm(layout.trustedTaniumServers);
	await writeFile(layout.leases, '{');
	await t.throwsAsync(publishCertificate(layout, ts1, one, soon), {code: 'trust-unreadable', message: /trusted\.leases\.json/});
});
