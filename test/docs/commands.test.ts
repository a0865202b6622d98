// Every command block of the README and of docs/ is run as it stands: the blocks of a page in order, in one folder, by bash, which
// stops at the first command that fails. `ts1` is a sandbox appliance that serves SSH, as ~/.ssh/config would name it.
import {chmod, mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {readAccounts, writeAccounts} from '../../src/appliance/users/accounts.js';
import {packageRoot} from '../../src/services/package-root.js';
import {makeAppliance, tanos, tanosFile, type Appliance} from '../helpers/appliance.js';
import {fileOf} from '../helpers/programs.js';
import {makeSshKey} from '../helpers/ssh-key.js';
import {testWith} from '../helpers/test-with.js';

const root = packageRoot();

/** The command blocks of a page. */
async function blocksOf(page: string): Promise<string[]> {
	const text = await readFile(path.join(root, page), 'utf8');
	return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block!);
}

async function pages(): Promise<string[]> {
	const names = await readdir(path.join(root, 'docs'));
	return ['README.md', 'CONTRIBUTING.md', ...names.filter(name => name.endsWith('.md')).map(name => path.join('docs', name))];
}

/** A block of npm's scripts, which the continuous integration runs in a fresh clone: here they must exist. */
function isOfScripts(block: string): boolean {
	return block
		.trim()
		.split('\n')
		.every(line => /^(npm|#)/.test(line));
}

test('the npm scripts in the documentation exist', async t => {
	const {scripts} = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {scripts: Record<string, string>};
	const blocks = (await Promise.all((await pages()).map(async page => blocksOf(page)))).flat();
	const lines = blocks.filter(block => isOfScripts(block)).flatMap(block => block.match(/^npm.*$/gm) ?? []);
	t.true(lines.length > 1);
	for (const line of lines) {
		const [, first = '', second = ''] = line.split(/\s+/);
		t.true((first === 'run' ? second : first) in {...scripts, ci: '', install: '', pack: ''}, line);
	}
});

testWith(
	'bash',
	'ssh',
	'openssl',
)('the commands in the documentation work as they stand', async t => {
	for (const page of await pages()) {
		const blocks = (await blocksOf(page)).filter(block => !isOfScripts(block));
		if (blocks.length > 0) {
			const {folder, env} = await prepare(t);
			for (const block of blocks) {
				const {exitCode, all} = await execa(fileOf('bash'), ['-euo', 'pipefail', '-c', block], {
					cwd: folder,
					env,
					all: true,
					reject: false,
					input: '',
				});
				t.is(exitCode, 0, `${page}:\n${block}\n${all}`);
			}
		}
	}
});

/** An appliance that is served, and a folder whose commands `tanos` and `ssh` know it as ts1. */
async function prepare(t: ExecutionContext): Promise<{folder: string; env: Record<string, string>}> {
	const appliance = await makeAppliance(t);
	const folder = path.join(appliance.workFolder, 'work');
	const bin = path.join(appliance.workFolder, 'bin');
	await mkdir(folder);
	await mkdir(bin);
	const config = await configureSsh(appliance);
	await script(path.join(bin, 'ssh'), `exec ${fileOf('ssh')} -F ${config} "$@"`);
	await script(
		path.join(bin, 'tanos'),
		[
			'if [ "$1" = upload ]; then',
			`	shift; exec ${process.execPath} ${tanosFile} upload --config ${config} "$@"`,
			'fi',
			`exec ${process.execPath} ${tanosFile} "$@"`,
		].join('\n'),
	);
	await writeFile(path.join(folder, 'password.txt'), `${appliance.passwords.tanium}\n`);
	return {folder, env: {PATH: `${bin}:${process.env['PATH'] ?? ''}`, TANOS_ROOT: appliance.root}};
}

async function script(file: string, text: string): Promise<void> {
	await writeFile(file, `#!/bin/sh\n${text}\n`);
	await chmod(file, 0o700);
}

/** Serves the appliance, and writes an OpenSSH configuration that knows it as ts1. */
async function configureSsh({root: appliance, workFolder, layout, ports}: Appliance): Promise<string> {
	const key = path.join(workFolder, 'operator');
	const publicKey = await makeSshKey(key);
	const accounts = await readAccounts(layout.accounts);
	for (const user of ['tanadmin', 'tancopy']) {
		accounts[user] = {...accounts[user]!, authorizedKeys: [publicKey]};
	}

	await writeAccounts(layout.accounts, accounts);
	await tanos(['appliance', 'start', '--root', appliance]);
	const known = path.join(workFolder, 'known_hosts');
	await writeFile(known, `[127.0.0.1]:${ports.ssh} ${await readFile(`${layout.hostKey}.pub`, 'utf8')}`);
	const config = path.join(workFolder, 'ssh_config');
	await writeFile(
		config,
		[
			'Host ts1',
			'	HostName 127.0.0.1',
			`	Port ${ports.ssh}`,
			`	IdentityFile ${key}`,
			'	IdentitiesOnly yes',
			`	UserKnownHostsFile ${known}`,
			'',
		].join('\n'),
	);
	return config;
}
