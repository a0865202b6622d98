import type {Benchmark} from './benchmark.js';

const openssh = ['ssh', 'ssh-keygen', 'sshd'] as const;

const benchmarks: ReadonlyArray<Omit<Benchmark, 'module'>> = [
	{name: 'check', title: 'one check of a good certificate and key, in process', needs: [], limitSeconds: 60},
	{
		name: 'compare-with-openssl',
		title: "the check on every pair of files in the tests' tables",
		peer: 'bench/support/openssl-check.sh, a script of openssl commands',
		needs: ['bash', 'openssl'],
		limitSeconds: 600,
	},
	{
		name: 'first-frame',
		title: 'from the start of the console to its sign-in prompt',
		peer: 'from the start of `node -e 0` to its end',
		needs: [],
		limitSeconds: 120,
	},
	{
		name: 'key-to-frame',
		title: 'from a key typed in the main menu to the end of the frame for it',
		peer: 'a Node program that writes back each key',
		needs: [],
		limitSeconds: 120,
	},
	{
		name: 'replay',
		title: 'the whole main job by `tanos replay`',
		peer: 'an expect script, and all keys typed ahead',
		needs: ['expect'],
		limitSeconds: 300,
	},
	{
		name: 'outage',
		title: 'how long nobody can connect while a certificate is installed',
		peer: 'a bare restart of the service',
		needs: [],
		limitSeconds: 180,
	},
	{
		name: 'rollout',
		title: 'a new pair on every appliance of an array, trust included',
		peer: '`soap install` and `soap register` on each, one after another',
		needs: [],
		limitSeconds: 600,
	},
	{
		name: 'trust',
		title: 'how long the Module Server does not trust the certificate that is presented, while it is replaced with `--overlap`',
		peer: '`soap install`, and `soap register` at once after it',
		needs: [],
		limitSeconds: 180,
	},
	{
		name: 'sessions',
		title: "what OpenSSH's client waits for",
		peer: "OpenSSH's sshd, with `echo` as the command and a login shell",
		needs: openssh,
		limitSeconds: 180,
	},
	{
		name: 'memory',
		title: 'memory of an idle console over SSH, of 100 in one server',
		peer: "the processes of OpenSSH's sshd for one session, and its shell",
		needs: openssh,
		needsRoot: true,
		limitSeconds: 600,
	},
	{
		name: 'sftp',
		title: "copying files with OpenSSH's sftp, with two ciphers",
		peer: "OpenSSH's sshd with internal-sftp",
		needs: [...openssh, 'sftp'],
		limitSeconds: 600,
	},
	{
		name: 'host',
		title: 'a console, and an installation, on a Debian host with sshd and nginx',
		peer: 'a shell over the same sshd, and systemctl',
		needs: ['debootstrap'],
		needsRoot: true,
		limitSeconds: 900,
	},
];

/** All benchmarks, in the order in which they run. */
export const registry: readonly Benchmark[] = benchmarks.map(benchmark => ({
	...benchmark,
	module: new URL(`benchmarks/${benchmark.name}.js`, import.meta.url).href,
}));
