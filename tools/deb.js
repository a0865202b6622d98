// Makes tanos-console_VERSION_all.deb from the last build, in the folder that an argument names, or here: `npm run deb`.
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {makeDebianPackage} from './debian-package.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const from = name => path.join(root, name);
const {version} = JSON.parse(readFileSync(from('package.json'), 'utf8'));

/** Left out: node-pty, which is compiled for one architecture, and with it what `tanos replay` needs to start a terminal. */
const libraries = ['ssh2', 'asn1', 'bcrypt-pbkdf', 'safer-buffer', 'tweetnacl'];

const fields = {
	Depends: 'nodejs (>= 24) | tanos-node (>= 24), openssh-server, systemd (>= 252)',
	Recommends: 'libpam-systemd',
	Section: 'admin',
	Priority: 'optional',
	Description: `console that replaces the TLS certificates of a host
 Checks a new certificate and its key, backs up the installed pair, restarts or
 reloads the service, and verifies over TLS that the new certificate is served.
 Otherwise the old pair is put back. The console of a host, its commands and the
 units that recover an interrupted replacement are included.`,
};

const file = makeDebianPackage(
	{name: 'tanos-console', version, architecture: 'all', fields, changes: 'See CHANGELOG.md.gz.'},
	process.argv[2] ?? process.cwd(),
	tree => {
		addProgram(tree);
		addSettings(tree);
		addDocumentation(tree);
	},
);
process.stdout.write(`${file}\n`);

function addProgram(tree) {
	const lib = 'usr/lib/tanos-console';
	for (const name of ['build', 'profiles', 'package.json']) {
		tree.copy(from(name), `${lib}/${name}`);
	}

	// Without its first line: usr/bin/tanos says which Node runs it.
	tree.write(`${lib}/bin/tanos.js`, readFileSync(from('bin/tanos.js'), 'utf8').replace(/^#!.*\n/, ''));

	for (const name of ['types', '.built']) {
		rmSync(tree.at(`${lib}/build/${name}`), {recursive: true, force: true});
	}

	for (const name of libraries) {
		tree.copy(from(`node_modules/${name}`), `${lib}/node_modules/${name}`, isNeeded(from(`node_modules/${name}`)));
	}

	tree.write('usr/bin/tanos', readFileSync(from('packaging/tanos')), 0o755);
}

/** Of a library, only what is run, and its license. */
function isNeeded(library) {
	const unused = /^(?:\.|(?:build|examples|src|test|util)$|install\.js$|tests\.js$)/;
	return source =>
		source === library
		|| (!unused.test(path.basename(source)) && (statSync(source).isDirectory() || /\.js$|\/(?:LICENSE|package\.json)$/.test(source)));
}

function addSettings(tree) {
	tree.copy(from('packaging/systemd'), 'usr/lib/systemd/system');
	tree.copy(from('packaging/sysusers.d'), 'usr/lib/sysusers.d');
	tree.copy(from('packaging/tmpfiles.d'), 'usr/lib/tmpfiles.d');
	tree.copy(from('packaging/pam-configs'), 'usr/share/pam-configs');
	tree.copy(from('packaging/sshd'), 'etc/ssh/sshd_config.d');
	tree.write('DEBIAN/conffiles', '/etc/ssh/sshd_config.d/50-tanos.conf\n');
	for (const name of readdirSync(from('packaging/debian'))) {
		tree.write(`DEBIAN/${name}`, readFileSync(from(`packaging/debian/${name}`)), 0o755);
	}
}

function addDocumentation(tree) {
	for (const name of readdirSync(from('man'))) {
		tree.writeCompressed(`usr/share/man/man1/${name}`, readFileSync(from(`man/${name}`)));
	}

	for (const [shell, name] of [
		['bash', 'bash-completion/completions/tanos'],
		['zsh', 'zsh/vendor-completions/_tanos'],
		['fish', 'fish/vendor_completions.d/tanos.fish'],
	]) {
		tree.write(`usr/share/${name}`, execFileSync(process.execPath, [from('bin/tanos.js'), 'completion', shell]));
	}

	const doc = 'usr/share/doc/tanos-console';
	for (const name of ['host.md', 'monitoring.md', 'targets', 'command-line.md', 'certificates.md']) {
		tree.copy(from(`docs/${name}`), `${doc}/${name}`);
	}

	tree.copy(from('packaging/rsyslog'), `${doc}/examples/rsyslog`);
	tree.copy(from('contrib/ansible'), `${doc}/examples/ansible`);

	tree.writeCompressed(`${doc}/CHANGELOG.md`, readFileSync(from('CHANGELOG.md')));
	const others = 'The licenses of its libraries are in build/THIRD-PARTY-NOTICES.txt and node_modules, in /usr/lib/tanos-console.\n';
	tree.write(`${doc}/copyright`, `${readFileSync(from('LICENSE'), 'utf8')}\n${others}`);
}
