// A Debian host for tests: a root made with debootstrap, booted with its systemd in namespaces of its own. See testWith('debootstrap').
// Making the root needs a minute or two and the mirror that apt uses here; it is kept as an archive in XDG_CACHE_HOME or ~/.cache.
import {createHash} from 'node:crypto';
import {chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa, type ResultPromise} from 'execa';
import {ifPresent} from '../../src/if-present.js';
import {packageRoot} from '../../src/services/package-root.js';

const suite = 'bookworm';
const packages = [
	'dbus',
	'dovecot-imapd',
	'dovecot-pop3d',
	'haproxy',
	'iproute2',
	'libpam-systemd',
	'nginx-light',
	'openssh-server',
	'openssl',
	'postfix',
	'postgresql',
	'procps',
	'python3',
	'rsyslog',
	'systemd',
	'systemd-sysv',
];

/** Where the project is on the host, read-only. */
const project = '/opt/tanos-console';

type Ended = {exitCode?: number; stdout: string; stderr: string};

export type Host = {
	/** The command line on this machine that runs a command on the host as root. */
	words(command: readonly string[]): string[];
	/** Runs a command on the host as root. Never rejects for its exit code. */
	run(words: readonly string[], options?: {input?: string}): Promise<Ended>;
	/** The same with a JavaScript file of the project. */
	node(file: string, ...words: string[]): Promise<Ended>;
	/** Where a file of the host is on this machine. */
	at(file: string): string;
	/** Ends all of its processes at once, as a power cut does. */
	cutPower(): Promise<void>;
	/** Boots it again. */
	boot(): Promise<void>;
	/** Ends it and removes its root. */
	remove(): Promise<void>;
};

/** A host that has booted. None of the services that the tests are about is running or enabled. */
export async function bootHost(): Promise<Host> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-host-'));
	const root = path.join(folder, 'root');
	await mkdir(root);
	await execa('mount', ['--bind', root, root]); // pivot_root(2) wants a mount point.
	await execa('tar', ['--extract', '--numeric-owner', '--xattrs', '--file', await archive(), '--directory', root]);
	await writeFile(path.join(root, 'etc/hostname'), 'tanos-test-host\n'); // debootstrap has left that of this machine.
	await mountReadOnly(packageRoot(), path.join(root, project));
	let machine = await start(root);
	const lineFor: Host['words'] = command => {
		const enter = ['--target', machine.pid, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd'];
		const env = ['env', '-i', 'HOME=/root', 'TERM=xterm-256color', 'LANG=C.UTF-8', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
		return ['nsenter', ...enter, ...env, ...command];
	};

	const run: Host['run'] = async (words, {input = ''} = {}) => {
		const [file, ...rest] = lineFor(words);
		return execa(file!, rest, {reject: false, input});
	};

	return {
		words: lineFor,
		run,
		node: async (file, ...words) => run([path.join(project, 'node_modules/node/bin/node'), path.join(project, file), ...words]),
		at: file => path.join(root, file),
		cutPower: async () => machine.end(),
		async boot() {
			machine = await start(root);
		},
		async remove() {
			await machine.end();
			await execa('umount', [path.join(root, project)]);
			await execa('umount', [root]);
			await rm(folder, {recursive: true, force: true});
		},
	};
}

async function mountReadOnly(from: string, to: string): Promise<void> {
	await mkdir(to, {recursive: true});
	await execa('mount', ['--bind', from, to]);
	await execa('mount', ['-o', 'remount,bind,ro', to]);
}

/** The archive of the root, which is made if it is missing or if what belongs in it has changed. */
async function archive(): Promise<string> {
	const folder = path.join(process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'tanos-test-host');
	const recipe = createHash('sha256')
		.update(JSON.stringify([suite, packages, 'console-getty masked']))
		.digest('hex')
		.slice(0, 12);
	const file = path.join(folder, `debian-${suite}-${recipe}.tar`);
	if (await ifPresent(async () => stat(file))) {
		return file;
	}

	await mkdir(folder, {recursive: true, mode: 0o700});
	const made = await mkdtemp(path.join(folder, 'root-'));
	await execa('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, suite, made, await mirror()]);
	for (const name of ['dovecot', 'haproxy', 'nginx', 'postfix', 'postgresql', 'rsyslog', 'ssh']) {
		await execa('chroot', [made, 'systemctl', '--quiet', 'disable', name]);
	}

	await execa('chroot', [made, 'systemctl', '--quiet', 'mask', 'console-getty']); // It has no console.
	await chmod(made, 0o755); // mkdtemp(3) lets nobody else in.
	await rm(path.join(made, 'var/cache/apt'), {recursive: true});
	await writeFile(path.join(made, 'etc/machine-id'), '');
	await execa('tar', ['--create', '--numeric-owner', '--xattrs', '--one-file-system', '--file', `${made}.tar`, '--directory', made, '.']);
	await rename(`${made}.tar`, file);
	await rm(made, {recursive: true, force: true});
	return file;
}

/** The first archive of this suite that apt is configured for. */
async function mirror(): Promise<string> {
	const {stdout} = await execa('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', `Release: ${suite}`]);
	const [first] = stdout.split('\n');
	if (!first) {
		throw new Error(`apt has no archive of Debian ${suite}.`);
	}

	return first;
}

/** Asks the same of a command, until it succeeds on the host. */
export async function untilSucceeds(host: Host, ...words: string[]): Promise<void> {
	await until(`success of ${words.join(' ')}`, async () => (await host.run(words)).exitCode === 0);
}

type Machine = {
	/** Of its init, as this machine sees it. */
	pid: string;
	end(): Promise<void>;
};

async function start(root: string): Promise<Machine> {
	const outer = execa(path.join(packageRoot(), 'test/helpers/boot-host.sh'), [root], {reject: false, stdin: 'ignore', all: true});
	let ended = false;
	void outer.finally(() => {
		ended = true;
	});
	try {
		const pid = await until('booted host', async () => {
			if (ended) {
				throw new Error(`The host did not boot: ${String((await outer).all)}`);
			}

			const init = await childOf(outer.pid!);
			return init !== undefined && (await isUp(init)) ? init : undefined;
		});
		return {pid, end: async () => end(outer)};
	} catch (error) {
		outer.kill('SIGKILL');
		throw error;
	}
}

/** The process that unshare(1) has forked: init of the new PID namespace, once it is systemd. */
async function childOf(pid: number): Promise<string | undefined> {
	const [child] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
	const name = child && (await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '')); // Others have ended meanwhile.
	return name?.trim() === 'systemd' ? child : undefined;
}

async function isUp(init: string): Promise<boolean> {
	const words = ['--target', init, '--all', 'systemctl', 'is-system-running'];
	const {stdout} = await execa('nsenter', words, {reject: false});
	return ['running', 'degraded'].includes(stdout);
}

/** Asks again and again, for a minute at most. Each question starts a process or reads a file of the kernel. */
export async function until<Result>(what: string, ask: () => Promise<Result | undefined | false>): Promise<Result> {
	for (const deadline = performance.now() + 60_000; performance.now() < deadline; await new Promise(setImmediate)) {
		const answer = await ask();
		if (answer !== undefined && answer !== false) {
			return answer;
		}
	}

	throw new Error(`There is no ${what} after a minute.`);
}

async function end(outer: Pick<ResultPromise, 'pid' | 'kill'> & PromiseLike<unknown>): Promise<void> {
	const cgroup = await cgroupOf(outer.pid!);
	outer.kill('SIGKILL'); // unshare --kill-child: and with it init and all of its processes.
	await outer;
	await until('empty cgroup', async () => /^populated 0$/m.test(await readFile(path.join(cgroup, 'cgroup.events'), 'utf8')));
	await removeCgroup(cgroup);
}

async function cgroupOf(pid: number): Promise<string> {
	const {stdout} = await execa('findmnt', ['--noheadings', '--first-only', '--types', 'cgroup2', '--output', 'TARGET']);
	return path.join(stdout.trim(), `tanos-test-host-${pid}`);
}

/** The folder of a cgroup has files that cannot be removed and need not be. */
async function removeCgroup(folder: string): Promise<void> {
	for (const entry of await readdir(folder, {withFileTypes: true})) {
		if (entry.isDirectory()) {
			await removeCgroup(path.join(folder, entry.name));
		}
	}

	await execa('rmdir', [folder]);
}
