// `tanos replay --ssh` with the client of `tanos upload`: into the console of an appliance, over its own SSH server and OpenSSH's.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {makeAppliance, tanos, type Appliance} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';
import {hostOf, me, startSshd} from '../ssh-client/sshd.js';

const tape = `Set WaitTimeout 60s
Wait+Screen /Main Menu/
Type "4" Enter
Wait+Screen /Press Enter to continue/
Enter
Wait+Screen /Main Menu/
Type "Z" Enter
Wait+Exit
`;

type Visited = {appliance: Appliance; folder: string; replay(words: readonly string[], input?: string): ReturnType<typeof tanos>};

async function visited(t: ExecutionContext): Promise<Visited> {
	const appliance = await makeAppliance(t);
	const {workFolder: folder, layout, ports, passwords} = appliance;
	await tanos(['appliance', 'start', '--root', appliance.root]);
	await writeFile(path.join(folder, 'a.tape'), tape);
	await writeFile(path.join(folder, 'password'), `${passwords.tanadmin}\n`, {mode: 0o600});
	await writeFile(path.join(folder, 'known_hosts'), `[127.0.0.1]:${ports.ssh} ${await readFile(`${layout.hostKey}.pub`, 'utf8')}`);
	const host = ['--ssh', `127.0.0.1:${ports.ssh}`, '-F', 'none'];
	const replay: Visited['replay'] = async (words, input = '') =>
		tanos(['replay', path.join(folder, 'a.tape'), ...host, ...words], {env: {SSH_AUTH_SOCK: ''}, input});
	return {appliance, folder, replay};
}

test('signs in as tanadmin with a password, from a file or an answer, to a host that is known', async t => {
	const {appliance, folder, replay} = await visited(t);
	const known = ['--known-hosts', path.join(folder, 'known_hosts')];
	const cast = path.join(folder, 'a.cast');
	const {exitCode, stdout, stderr} = await replay([...known, '--password-file', path.join(folder, 'password'), '--cast', cast]);
	t.is(exitCode, 0, stderr);
	t.regex(stdout, /played to its end/);
	t.false((await readFile(cast, 'utf8')).includes(appliance.passwords.tanadmin));
	t.is((await replay(known, `${appliance.passwords.tanadmin}\n`)).exitCode, 0);
});

test('nothing is typed at a host that is not known, or whose key has changed', async t => {
	const {folder, replay} = await visited(t);
	const words = ['--known-hosts', path.join(folder, 'known_hosts'), '--password-file', path.join(folder, 'password')];
	await writeFile(path.join(folder, 'known_hosts'), '');
	t.regex((await replay(words)).stderr, /is unknown: it presents the ED25519 key SHA256:/);
	const junit = path.join(folder, 'junit.xml');
	t.is((await replay([...words, '--junit', junit])).exitCode, 1);
	t.regex(await readFile(junit, 'utf8'), /failures="1"/);
});

testWith(
	'sshd',
	'ssh-keygen',
	'ssh',
)('options of ssh_config, through a jump host', async t => {
	const {appliance, folder, replay} = await visited(t);
	const jump = await startSshd(t);
	const known = path.join(folder, 'known_hosts');
	await writeFile(known, [await readFile(known, 'utf8'), await readFile(path.join(jump.folder, 'known_hosts'), 'utf8')].join(''));
	const config = path.join(folder, 'config');
	const [key] = hostOf(jump).identityFiles;
	await writeFile(config, `Host jump\nHostName 127.0.0.1\nPort ${jump.port}\nIdentityFile ${key}\nIdentitiesOnly yes\nProxyJump none\n`);
	const options = ['-F', config, '--ssh-option', `ProxyJump=${me}@jump`, '--known-hosts', known];
	const {exitCode, stderr} = await replay(options, `${appliance.passwords.tanadmin}\n`);
	t.is(exitCode, 0, stderr);
	t.regex(jump.log(), /Accepted publickey/);
});
