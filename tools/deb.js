// Makes tanos-console_VERSION_all.deb from the last build, in the folder that an argument names, or here: `npm run deb`. dpkg-deb does it
// alone: there is nothing to compile and no library to find, which is what debhelper is for.
import {execFileSync} from 'node:child_process';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const {version} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
/** Set by whoever makes a package for others, as for Debian's own tools. */
const {DEBFULLNAME: name = 'The tanos-console authors', DEBEMAIL: email = 'tanos-console@example.org'} = process.env;
const maintainer = `${name} <${email}>`;

/** Left out: node-pty, which is compiled for one architecture, and with it what `tanos replay` needs to start a terminal. */
const libraries = ['ssh2', 'asn1', 'bcrypt-pbkdf', 'safer-buffer', 'tweetnacl'];

const tree = mkdtempSync(path.join(os.tmpdir(), 'tanos-deb-'));
try {
	addProgram();
	addSettings();
	addDocumentation();
	addControl();
	const file = path.join(process.argv[2] ?? process.cwd(), `tanos-console_${version}_all.deb`);
	execFileSync('chmod', ['--recursive', 'u=rwX,go=rX', tree]); // Whatever the umask is.
	execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, file], {stdio: ['ignore', 'ignore', 'inherit']});
	process.stdout.write(`${file}\n`);
} finally {
	rmSync(tree, {recursive: true, force: true});
}

function addProgram() {
	const lib = 'usr/lib/tanos-console';
	for (const name of ['bin', 'build', 'profiles', 'package.json']) {
		copy(name, `${lib}/${name}`);
	}

	for (const name of ['types', '.built']) {
		rmSync(path.join(tree, lib, 'build', name), {recursive: true, force: true});
	}

	for (const name of libraries) {
		copyLibrary(name, `${lib}/node_modules/${name}`);
	}

	write('usr/bin/tanos', '#!/bin/sh\nexec /usr/bin/node /usr/lib/tanos-console/bin/tanos.js "$@"\n', 0o755);
}

/** Only what is run, and its license. */
function copyLibrary(name, to) {
	const from = path.join(root, 'node_modules', name);
	const unused = /^(?:\.|(?:build|examples|src|test|util)$|install\.js$|tests\.js$)/;
	const isNeeded = source =>
		source === from
		|| (!unused.test(path.basename(source)) && (statSync(source).isDirectory() || /\.js$|\/(?:LICENSE|package\.json)$/.test(source)));
	cpSync(from, path.join(tree, to), {recursive: true, filter: isNeeded});
}

function addSettings() {
	copy('packaging/systemd', 'usr/lib/systemd/system');
	copy('packaging/sysusers.d', 'usr/lib/sysusers.d');
	copy('packaging/tmpfiles.d', 'usr/lib/tmpfiles.d');
	copy('packaging/sshd', 'etc/ssh/sshd_config.d');
}

function addDocumentation() {
	for (const name of readdirSync(path.join(root, 'man'))) {
		write(`usr/share/man/man1/${name}.gz`, gzipSync(readFileSync(path.join(root, 'man', name)), {level: 9}));
	}

	for (const [shell, file] of [
		['bash', 'bash-completion/completions/tanos'],
		['zsh', 'zsh/vendor-completions/_tanos'],
		['fish', 'fish/vendor_completions.d/tanos.fish'],
	]) {
		write(`usr/share/${file}`, execFileSync(process.execPath, [path.join(root, 'bin/tanos.js'), 'completion', shell]));
	}

	const doc = 'usr/share/doc/tanos-console';
	for (const name of ['host.md', 'targets', 'command-line.md', 'certificates.md']) {
		copy(`docs/${name}`, `${doc}/${name}`);
	}

	write(`${doc}/CHANGELOG.md.gz`, gzipSync(readFileSync(path.join(root, 'CHANGELOG.md')), {level: 9}));
	const date = execFileSync('date', ['--rfc-email'], {encoding: 'utf8', env: {...process.env, LC_ALL: 'C'}});
	const entry = `tanos-console (${version}) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- ${maintainer}  ${date}`;
	write(`${doc}/changelog.gz`, gzipSync(entry, {level: 9}));
	const others = 'The licenses of its libraries are in build/THIRD-PARTY-NOTICES.txt and node_modules, in /usr/lib/tanos-console.\n';
	write(`${doc}/copyright`, `${readFileSync(path.join(root, 'LICENSE'), 'utf8')}\n${others}`);
}

function addControl() {
	for (const name of readdirSync(path.join(root, 'packaging/debian'))) {
		write(`DEBIAN/${name}`, readFileSync(path.join(root, 'packaging/debian', name)), 0o755);
	}

	write('DEBIAN/conffiles', '/etc/ssh/sshd_config.d/50-tanos.conf\n');
	const [kibibytes] = execFileSync('du', ['--summarize', '--block-size=1024', tree], {encoding: 'utf8'}).split('\t');
	write(
		'DEBIAN/control',
		`Package: tanos-console
Version: ${version}
Architecture: all
Maintainer: ${maintainer}
Installed-Size: ${kibibytes}
Depends: nodejs (>= 24), openssh-server, systemd (>= 252)
Recommends: libpam-systemd
Section: admin
Priority: optional
Description: console that replaces the TLS certificates of a host
 Checks a new certificate and its key, backs up the installed pair, restarts or
 reloads the service, and verifies over TLS that the new certificate is served.
 Otherwise the old pair is put back. The console of a host, its commands and the
 units that recover an interrupted replacement are included.
`,
	);
}

function copy(from, to) {
	cpSync(path.join(root, from), path.join(tree, to), {recursive: true});
}

function write(name, content, mode = 0o644) {
	const file = path.join(tree, name);
	mkdirSync(path.dirname(file), {recursive: true});
	writeFileSync(file, content);
	chmodSync(file, mode);
}
