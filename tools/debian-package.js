// Makes a Debian package with dpkg-deb alone: there is nothing to compile and no library to find, which is what debhelper is for.
import {execFileSync} from 'node:child_process';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {gzipSync} from 'node:zlib';

/** Set by whoever makes a package for others, as for Debian's own tools. */
const {DEBFULLNAME: person = 'The tanos-console authors', DEBEMAIL: email = 'tanos-console@example.org'} = process.env;
const maintainer = `${person} <${email}>`;

/** The files of a package, below a folder that is removed at the end. Everything belongs to root; modes are 0644 and 0755. */
class Tree {
	constructor(folder) {
		this.folder = folder;
	}

	at(name) {
		return path.join(this.folder, name);
	}

	/** Copies a file or a folder; of a folder what `filter` takes. */
	copy(from, to, filter) {
		cpSync(from, this.at(to), {recursive: true, ...(filter && {filter})});
	}

	write(name, content, mode = 0o644) {
		mkdirSync(path.dirname(this.at(name)), {recursive: true});
		writeFileSync(this.at(name), content);
		chmodSync(this.at(name), mode);
	}

	/** Compressed as Debian's policy wants it. */
	writeCompressed(name, content) {
		this.write(`${name}.gz`, gzipSync(content, {level: 9}));
	}
}

/**
 * Makes NAME_VERSION_ARCHITECTURE.deb in a folder and returns its path. `add` adds the files; `fields` are more fields of its control file.
 * `changes` is what the changelog says of this version.
 */
export function makeDebianPackage({name, version, architecture, fields, changes}, folder, add) {
	const tree = new Tree(mkdtempSync(path.join(os.tmpdir(), 'tanos-deb-')));
	try {
		add(tree);
		const date = execFileSync('date', ['--rfc-email'], {encoding: 'utf8', env: {...process.env, LC_ALL: 'C'}});
		const entry = `${name} (${version}) unstable; urgency=medium\n\n  * ${changes}\n\n -- ${maintainer}  ${date}`;
		tree.writeCompressed(`usr/share/doc/${name}/changelog`, entry);
		const [kibibytes] = execFileSync('du', ['--summarize', '--block-size=1024', tree.folder], {encoding: 'utf8'}).split('\t');
		const own = {Package: name, Version: version, Architecture: architecture, Maintainer: maintainer, 'Installed-Size': kibibytes};
		const lines = Object.entries({...own, ...fields}).map(([field, value]) => `${field}: ${value}\n`);
		tree.write('DEBIAN/control', lines.join(''));
		const file = path.join(folder, `${name}_${version}_${architecture}.deb`);
		execFileSync('chmod', ['--recursive', 'u=rwX,go=rX', tree.folder]); // Whatever the umask is.
		execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree.folder, file], {stdio: ['ignore', 'ignore', 'inherit']});
		return file;
	} finally {
		rmSync(tree.folder, {recursive: true, force: true});
	}
}
