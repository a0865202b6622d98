// A server that dies is started again; one that is stopped is not.
import {readdir, readFile, watch} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {makeAppliance, overSsh, tanos, type Appliance} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';

async function serverPid({layout}: Appliance): Promise<number | undefined> {
	const text = await readFile(path.join(layout.run, 'serve.json'), 'utf8').catch(() => '{}');
	return text === '' ? undefined : (JSON.parse(text) as {pid?: number}).pid;
}

/** Resolves with the server's process once it is another one. */
async function nextServer(appliance: Appliance, dead: number): Promise<number> {
	const changes = watch(appliance.layout.run);
	for await (const _ of changes) {
		const pid = await serverPid(appliance);
		if (pid !== undefined && pid !== dead) {
			return pid;
		}
	}

	throw new Error('The folder is gone.');
}

testWith('ssh')('a server that crashes is restarted, and the audit log records it', async t => {
	const appliance = await makeAppliance(t);
	const {arguments: words} = await overSsh(appliance, 'tanadmin');
	const first = (await serverPid(appliance))!;
	const next = nextServer(appliance, first);
	process.kill(first, 'SIGABRT');
	const second = await next;
	t.not(second, first);
	const status = await execa('ssh', [...words.filter(word => word !== '-tt'), 'help'], {reject: false});
	t.is(status.exitCode, 0, status.stderr);
	const audited = await readFile(appliance.layout.audit, 'utf8');
	t.regex(audited, new RegExp(`"event":"ssh-server-died","pid":${first},"result":"SIGABRT","restarted":true`));
	t.is((await tanos(['appliance', 'stop', '--root', appliance.root])).exitCode, 0);
	t.throws(() => process.kill(second, 0), {code: 'ESRCH'});
	t.is((await readFile(appliance.layout.audit, 'utf8')).split('ssh-server-died').length, 2, 'a stopped server is not started again');
});

testWith('ssh')('a server that is started while it is restarted after a crash runs once', async t => {
	const appliance = await makeAppliance(t);
	const start = async () => tanos(['appliance', 'start', '--root', appliance.root]);
	await start();
	for (let round = 0; round < 3; round++) {
		process.kill((await serverPid(appliance))!, 'SIGKILL');
		const started = await Promise.all([start(), start()]);
		t.deepEqual(
			started.map(({exitCode, stderr}) => ({exitCode, stderr})),
			[
				{exitCode: 0, stderr: ''},
				{exitCode: 0, stderr: ''},
			],
		);
		await runsOnce(['serve', '--root', appliance.root]);
		await runsOnce(['serve', '--restart', '--root', appliance.root]);
	}

	t.is((await tanos(['appliance', 'stop', '--root', appliance.root])).exitCode, 0);
	t.deepEqual(await processesOf(['--root', appliance.root]), []);
});

/** Resolves once one process has these last arguments: a program that was started in vain needs a moment to end. */
async function runsOnce(words: readonly string[]): Promise<void> {
	let found;
	do {
		found = await processesOf(words);
	} while (found.length !== 1);
}

/** The processes whose last arguments are these. */
async function processesOf(words: readonly string[]): Promise<string[]> {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	const lines = await Promise.all(pids.map(async pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
	return lines.filter(line => line.endsWith(`\0${words.join('\0')}\0`));
}
