// The Debian packages, made once for the tests of a file, and installed on a host of host.ts.
import {copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {execa} from 'execa';
import {packageRoot} from '../../src/services/package-root.js';
import type {Host} from './host.js';

/** The files of the packages tanos-console and tanos-node, in a folder that is removed after the last test. */
export function packagesForTests(): () => Promise<{console: string; node: string; newer: string}> {
	let made: Promise<{folder: string; console: string; node: string; newer: string}> | undefined;
	test.after.always('remove the packages', async () => made && rm((await made).folder, {recursive: true}));
	return async () => {
		made ??= makePackages();
		return made;
	};
}

async function makePackages() {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-packages-'));
	const make = async (tool: string) => {
		const options = {env: {DPKG_DEB_COMPRESSOR_LEVEL: '0'}}; // A better compression takes a minute for Node.
		return (await execa(process.execPath, [path.join(packageRoot(), 'tools', tool), folder], options)).stdout;
	};

	const console = await make('deb.js');
	return {folder, console, node: await make('deb-node.js'), newer: await makeNewer(console, folder)};
}

/** A later version of which each part has another name, as if all had changed: an installation removes all parts of the other one. */
async function makeNewer(file: string, folder: string): Promise<string> {
	const tree = path.join(folder, 'newer');
	await execa('dpkg-deb', ['--raw-extract', file, tree]);
	const control = path.join(tree, 'DEBIAN/control');
	await writeFile(control, (await readFile(control, 'utf8')).replace(/^Version: .*$/m, '$&+newer'));
	const build = path.join(tree, 'usr/lib/tanos-console/build');
	const renamed = (text: string) => text.replaceAll(/(?<=[\w-]-[A-Z0-9]{8})(?=\.js\b)/g, 'N');
	for (const name of (await readdir(build)).filter(one => one.endsWith('.js'))) {
		await writeFile(path.join(build, name), renamed(await readFile(path.join(build, name), 'utf8')));
		await rename(path.join(build, name), path.join(build, renamed(name)));
	}

	await execa('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, `${file}.newer.deb`]);
	return `${file}.newer.deb`;
}

/** Installs packages on the host, as dpkg does without its options. */
export async function installPackages(host: Host, ...files: string[]) {
	const folder = '/var/cache/tanos-packages';
	await mkdir(host.at(folder), {recursive: true});
	const copies = files.map(file => path.join(folder, path.basename(file)));
	for (const [index, copy] of copies.entries()) {
		await copyFile(files[index]!, host.at(copy));
	}

	return host.run(['dpkg', '--install', ...copies]);
}
