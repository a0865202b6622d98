// The same script on a terminal of the host and over OpenSSH's sshd: the screens are snapshots, and the same on both roads.
import {chmod, mkdir, readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {steady} from '../../helpers/appliance.js';
import type {Host} from '../../helpers/host.js';
import {as, over, uploadNew} from '../../helpers/host-console.js';
import {consoleForTests} from '../../helpers/host-for-tests.js';
import {untilIdle} from '../../helpers/host-sessions.js';
import {served} from '../../helpers/host-targets.js';
import {testWith} from '../../helpers/test-with.js';

const theHost = consoleForTests();

testWith('debootstrap')('the whole job by a script, on a terminal and over sshd', async t => {
	const host = await theHost();
	await host.run(['install', '-o', 'ada', '-m', '600', '/root/id', '/home/ada/id']);
	await uploadNew(host);
	await over(host, 'ada', 'soap install', 'yes\n'); // So that both scripts replace a pair of the same kind.
	const local = await play(host, '--exec', 'tanos host console');
	const options = ['--identity', '/home/ada/id', '--known-hosts', '/home/ada/known_hosts', '--config', 'none'];
	await host.run(['sh', '-c', 'ssh-keyscan 127.0.0.1 >/home/ada/known_hosts']);
	const overSsh = await play(host, '--ssh', 'ada@127.0.0.1', ...options);
	for (const [name, screen] of Object.entries(local)) {
		t.snapshot(screen, name);
	}

	t.deepEqual(overSsh, local);
});

/** Plays the script as ada, with a new pair. Resolves with the screens by their names. */
async function play(host: Host, ...where: string[]): Promise<Record<string, string>> {
	const fresh = await uploadNew(host);
	const folder = '/var/tmp/screens';
	await host.run(['rm', '-rf', folder]);
	await mkdir(host.at(folder));
	await chmod(host.at(folder), 0o777);
	const tape = '/opt/tanos-console/test/cli/host/main-job.tape';
	const {exitCode, stdout, stderr} = await as(host, 'ada', ['tanos', 'replay', tape, '--screenshots', folder, ...where]);
	if (exitCode !== 0 || (await served(host, 8443)) !== fresh) {
		throw new Error(`The exit code is ${exitCode}.\n${stdout}${stderr}`);
	}

	await untilIdle(host);
	const names = (await readdir(host.at(folder))).filter(name => name.endsWith('.txt'));
	const read = async (name: string) => readFile(path.join(host.at(folder), name), 'utf8');
	return Object.fromEntries(
		await Promise.all(names.map(async name => [name, steady(await read(name), {ports: {}, root: folder})] as const)),
	);
}
