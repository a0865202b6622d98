// An installation that a power cut interrupts is finished or undone by the next boot, without anybody.
import {copyFile, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {packageRoot} from '../../../src/services/package-root.js';
import {untilSucceeds, type Host} from '../../helpers/host.js';
import {hostForTests} from '../../helpers/host-for-tests.js';
import {installNginx, writeUnitPart} from '../../helpers/host-services.js';
import {fingerprint, install, makePair, served, useTarget} from '../../helpers/host-targets.js';
import {testWith} from '../../helpers/test-with.js';

const theHost = hostForTests();
const unit = 'tanos-recover.service';
const journal = '/var/lib/tanos/journal.json';

testWith('debootstrap').serial('the new pair was in place: it is proven at the next boot, and stays', async t => {
	const host = await theHost();
	await installNginx(host);
	await useTarget(host, 'nginx', text => text.replace('"reload"', '"restart"'));
	await writeFile(
		host.at('/usr/bin/tanos'),
		'#!/bin/sh\nexec /opt/tanos-console/node_modules/node/bin/node /opt/tanos-console/bin/tanos.js "$@"\n',
		{
			mode: 0o755,
		},
	);
	await copyFile(path.join(packageRoot(), 'packaging/systemd', unit), host.at(`/etc/systemd/system/${unit}`));
	await host.run(['systemctl', 'enable', '--now', 'nginx.service', unit]);
	t.is(await conditionOf(host), 'no', 'it has nothing to do');
	const fresh = await cutPowerAtStart(host);
	await host.boot();
	await assertRecovered(t, host, fresh);
});

testWith('debootstrap').serial('the files were half swapped: the old pair is served after the next boot', async t => {
	const host = await theHost();
	const old = await served(host, 8443);
	await cutPowerAtStart(host);
	const change = JSON.parse(await readFile(host.at(journal), 'utf8')) as {id: string; phase: string};
	t.is(change.phase, 'SWITCHED');
	await copyFile(host.at(`/var/lib/tanos/backups/${change.id}/certificate.pem`), host.at('/etc/tls/nginx.crt'));
	await writeFile(host.at(journal), JSON.stringify({...change, phase: 'SWITCHING'}));
	await host.boot();
	await assertRecovered(t, host, old);
	t.is((await host.node('bin/tanos.js', 'host', 'recover')).stdout, 'No installation was interrupted. Nothing to do.');
});

async function conditionOf(host: Host): Promise<string> {
	return (await host.run(['systemctl', 'show', '--value', '--property=ConditionResult', unit])).stdout;
}

/** Cuts the power while an installation waits for the first start of nginx with the new pair. Resolves with the new fingerprint. */
async function cutPowerAtStart(host: Host): Promise<string> {
	await host.run(['rm', '-f', '/root/reached']);
	const waitOnce = 'test -e /root/armed || exit 0; rm /root/armed; touch /root/reached; sync; sleep infinity';
	await writeUnitPart(host, 'nginx.service', `[Service]\nExecStartPre=sh -c "${waitOnce}"\n`);
	await makePair(host, 'www.example.com');
	const fresh = await fingerprint(host, '/root/new.crt');
	await host.run(['touch', '/root/armed']);
	const installing = install(host, 'nginx').catch(() => undefined);
	await untilSucceeds(host, 'test', '-e', '/root/reached');

	await host.cutPower();
	await installing;
	return fresh;
}

async function assertRecovered(t: ExecutionContext, host: Host, expected: string): Promise<void> {
	const log = (await host.run(['journalctl', '--boot', '--unit', unit, '--no-pager'])).stdout;
	t.is(await conditionOf(host), 'yes', log);
	t.is((await host.run(['systemctl', 'show', '--value', '--property=Result', unit])).stdout, 'success', log);
	t.is((await host.run(['test', '-e', journal])).exitCode, 1, log);
	t.is(await served(host, 8443), expected, log);
	const check = await host.node('bin/tanos.js', 'host', 'check', 'nginx');
	t.is(check.exitCode, 0, check.stdout);
}
