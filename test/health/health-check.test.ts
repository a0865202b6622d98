import {readdir, readFile, rm, symlink, utimes, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {readIdentity} from '../../src/appliance/identity.js';
import {lastScheduledHealth, runScheduledHealthCheck, type Health} from '../../src/health/health-check.js';
import {processServices} from '../../src/services/processes.js';
import {makeAppliance, tanos, type Appliance} from '../helpers/appliance.js';
import {makeArray, run} from '../helpers/array.js';
import {samplesIn} from '../helpers/prometheus.js';
import {testWith} from '../helpers/test-with.js';

async function checked({root}: Appliance): Promise<{exitCode: number | undefined; wrong: Record<string, string>}> {
	const {exitCode, stdout} = await tanos(['create', 'health-check', 'json', '--root', root]);
	const {checks} = JSON.parse(stdout) as Health;
	const wrong = checks.filter(({state}) => state !== 'good').map(({name, state, result}) => [name, `${state}: ${result}`]);
	return {exitCode, wrong: Object.fromEntries(wrong) as Record<string, string>};
}

async function siteOf({layout}: Appliance) {
	const identity = await readIdentity(layout);
	return {layout, identity, services: processServices(layout, identity.role)};
}

test('a new appliance is healthy, and what is wrong is named with what to do', async t => {
	const appliance = await makeAppliance(t);
	const {layout, root} = appliance;
	t.deepEqual(await checked(appliance), {exitCode: 0, wrong: {}});

	await tanos(['service', 'stop', 'patch', '--root', root], {input: 'yes\n'});
	await writeFile(path.join(layout.outgoing, 'ts1.example.com-SOAPServer.key'), 'a key');
	await writeFile(layout.soapKey, await readFile(layout.moduleServerKey));
	const {exitCode, wrong} = await checked(appliance);
	t.is(exitCode, 1);
	t.is(wrong['Service patch'], 'bad: stopped');
	t.is(wrong['Keys in /outgoing'], 'warning: 1 that is not encrypted');
	t.regex(wrong['SOAPServer.key']!, /^bad: .*does not belong/);
	t.is(wrong['Tanium Server'], undefined, 'it still serves what it has loaded');
	t.regex(
		await readFile(path.join(layout.outgoing, 'health.log'), 'utf8'),
		/^Service patch: +BAD: stopped$[^]*^Service patch: Start it: 2-1$/m,
	);
});

test('a report replaces the one before, and never what a link in /outgoing leads to', async t => {
	const appliance = await makeAppliance(t);
	const {layout} = appliance;
	const victim = path.join(appliance.workFolder, 'victim');
	await writeFile(victim, 'mine');
	await symlink(victim, path.join(layout.outgoing, 'health.log'));
	await checked(appliance);
	await checked(appliance);
	t.is(await readFile(victim, 'utf8'), 'mine');
	t.deepEqual(await readdir(layout.outgoing), ['health.log']);
});

test('a scheduled check is run once after 02:00 UTC, for an appliance that was there before', async t => {
	const appliance = await makeAppliance(t);
	const {layout} = appliance;
	const site = await siteOf(appliance);
	const at = (time: string) => new Date(`2030-01-02T${time}:00Z`);
	await utimes(layout.hostKey, at('01:00'), at('01:00'));
	await runScheduledHealthCheck(site, at('01:59'));
	t.is(await lastScheduledHealth(layout), undefined);
	await runScheduledHealthCheck(site, at('02:03'));
	t.is((await lastScheduledHealth(layout))!.at, '2030-01-02T02:03:00.000Z');
	await rm(path.join(layout.outgoing, 'health.log'));
	await runScheduledHealthCheck(site, at('23:00'));
	t.is((await lastScheduledHealth(layout))!.at, '2030-01-02T02:03:00.000Z');
	await runScheduledHealthCheck(site, new Date('2030-01-03T02:00:10Z'));
	t.is((await lastScheduledHealth(layout))!.at, '2030-01-03T02:00:10.000Z');
	await writeFile(layout.health, 'damaged');
	t.is(await lastScheduledHealth(layout), undefined);
});

test('an appliance that was made after 02:00 UTC is not checked before the next day', async t => {
	const appliance = await makeAppliance(t);
	const {layout} = appliance;
	const made = new Date('2030-01-02T03:00:00Z');
	await utimes(layout.hostKey, made, made);
	await runScheduledHealthCheck(await siteOf(appliance), new Date('2030-01-02T22:00:00Z'));
	t.is(await lastScheduledHealth(layout), undefined);
});

test('every member of an array is checked, and leaves its report on itself', async t => {
	const {ts1, ts2, tms} = await makeArray(t);
	const good = await run(ts1, 'array create health-check');
	t.is(good.stdout, 'ts1.example.com: good\nts2.example.com: good\ntms1.example.com: good');
	t.is(good.exitCode, 0);
	for (const {layout} of [ts1, ts2, tms]) {
		t.true((await readdir(layout.outgoing)).includes('health.log'));
	}

	await run(tms, 'service stop patch', 'yes\n');
	const bad = await run(ts1, 'array create health-check');
	t.is(bad.exitCode, 1);
	t.regex(bad.stdout, /^tms1\.example\.com: bad\n {2}Service patch: stopped\. Start it: 2-1/m);
});

testWith('prometheus-client')('the metrics are read by a client of Prometheus, and say what is true', async t => {
	const appliance = await makeAppliance(t);
	const {layout, root} = appliance;
	const metrics = async () => samplesIn(t, `${(await tanos(['report', 'metrics', '--root', root])).stdout}\n`);
	const before = await metrics();
	const days = (before['tanos_certificate_not_after_timestamp_seconds SOAPServer.crt']! - Date.now() / 1000) / 86_400;
	t.true(days > 363 && days < 366);
	t.is(before['tanos_certificate_served SOAPServer.crt'], 1);
	t.is(before['tanos_pair_loadable ssl.crt'], 1);
	t.is(before['tanos_connection_working 1 User system Tanium Server'], 1);
	t.is(before['tanos_last_change_timestamp_seconds installation installed'], undefined);

	await tanos(['service', 'stop', 'taniumserver', '--root', root], {input: 'yes\n'});
	await rm(layout.soapCertificate);
	const after = await metrics();
	t.is(after['tanos_certificate_not_after_timestamp_seconds SOAPServer.crt'], undefined);
	t.deepEqual([after['tanos_certificate_served SOAPServer.crt'], after['tanos_service_running taniumserver']], [0, 0]);
	t.is(after['tanos_pair_loadable SOAPServer.crt'], 0);
});
