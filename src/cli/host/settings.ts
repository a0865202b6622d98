// What `tanos host setup` makes of a host: files from the folder packaging, and what has them take effect. The Debian package has the same
// files, so that on a host with it only the folders of the targets are left to be set.
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {execa, ExecaError} from 'execa';
import {replaceFile} from '../../appliance/atomic-file.js';
import {ifPresent} from '../../if-present.js';
import {assertNoJournal} from '../../installation/journal.js';
import type {HostTarget} from '../../installation/host-target.js';
import {messageOf, Problem} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import {hostProgram} from '../../services/host-program.js';
import {packageRoot} from '../../services/package-root.js';
import {showUnit, systemctl} from '../../services/systemctl.js';
import {command, commandText, mark} from './program.js';
import {foldersOf, sessionPart, sessionPartFor} from './session-folders.js';
import {hostLayout} from './site.js';

export type Setting = {
	/** What it does, and what undoes it: imperative sentences without a full stop. */
	what: string;
	undoing: string;
	/** Whether it is as it is to be: set, or not set at all. */
	is(wanted: 'set' | 'undone'): Promise<boolean>;
	/** Both reject with a Problem, and may be called again then. */
	set(): Promise<void>;
	undo(): Promise<void>;
};

/** All settings, in the order in which they are made; they are undone in the opposite one. Rejects as commandText() does. */
export async function settingsFor(targets: readonly HostTarget[]): Promise<Setting[]> {
	const folders = sessionFolders(targets);
	if (existsSync('/usr/lib/systemd/system/tanos-admin.socket')) {
		return [folders]; // The package has set the rest.
	}

	const from = (name: string) => path.join(packageRoot(), 'packaging', name);
	const read = async (name: string) => readFile(from(name), 'utf8');
	const accounts = 'sysusers.d/tanos-console.conf';
	const state = 'tmpfiles.d/tanos-console.conf';
	const units = await Promise.all(
		(await readdir(from('systemd'))).map(async name => [`/etc/systemd/system/${name}`, await read(`systemd/${name}`)] as const),
	);
	const nothing = async () => {};
	return [
		...((await textOf(command))?.includes(mark) === false ? [] : [inFiles(command, {[command]: await commandText()}, nothing, 0o755)]),
		inFiles(`/etc/${accounts}, and make the groups and the account`, {[`/etc/${accounts}`]: await read(accounts)}, async wanted =>
			wanted === 'set' ? run('systemd-sysusers', from(accounts)) : undefined,
		),
		inFiles(`/etc/${state}, and make the folders`, {[`/etc/${state}`]: await read(state)}, async wanted =>
			wanted === 'set' ? run('systemd-tmpfiles', '--create', from(state)) : undefined,
		),
		inFiles('/etc/systemd/system/tanos-*: the units', Object.fromEntries(units), reloadSystemd),
		folders,
		inFiles(
			'/etc/ssh/sshd_config.d/50-tanos.conf, and reload sshd',
			{'/etc/ssh/sshd_config.d/50-tanos.conf': await read('sshd/50-tanos.conf')},
			reloadSshd,
		),
		enabledUnits(),
	];
}

function sessionFolders(targets: readonly HostTarget[]): Setting {
	const folders = foldersOf(targets);
	const list = folders.length === 0 ? 'no folder: there is no target' : folders.join(', ');
	return inFiles(`${sessionPart}, for ${list}`, {[sessionPart]: sessionPartFor(targets)}, reloadSystemd);
}

/** Files with these texts, and what has them take effect; what was there before is put back when that rejects. */
function inFiles(
	what: string,
	texts: Readonly<Record<string, string>>,
	effect: (wanted: 'set' | 'undone') => Promise<void>,
	mode = 0o644,
): Setting {
	const files = Object.keys(texts);
	const read = async () => Object.fromEntries(await Promise.all(files.map(async file => [file, await textOf(file)] as const)));
	const write = async (wanted: Readonly<Partial<Record<string, string>>>) => {
		for (const file of files) {
			await (wanted[file] === undefined ? rm(file, {force: true}) : writeFile(file, wanted[file], mode));
		}
	};

	return {
		what: `Write ${what}`,
		undoing: `Remove ${what.replace(/(?:,|:).*/, '')}`,
		async is(wanted) {
			const found = await read();
			return files.every(file => found[file] === (wanted === 'set' ? texts[file] : undefined));
		},
		async set() {
			const before = await read();
			try {
				await write(texts);
				await effect('set');
			} catch (error) {
				await write(before);
				throw error;
			}
		},
		async undo() {
			await write({});
			await effect('undone');
		},
	};
}

async function writeFile(file: string, text: string, mode: number): Promise<void> {
	await mkdir(path.dirname(file), {recursive: true});
	await replaceFile(file, text, mode);
}

async function textOf(file: string): Promise<string | undefined> {
	return ifPresent(async () => readFile(file, 'utf8'));
}

/** What sessions and conversions begin with. */
export const sockets = ['tanos-admin.socket', 'tanos-user.socket', 'tanos-convert.socket'];

const started = [...sockets, 'tanos-health.timer'];
/** It does not begin on a host without a node exporter. */
const metrics = 'tanos-metrics.timer';

function enabledUnits(): Setting {
	const all = [...started, metrics, 'tanos-recover.service'];
	return {
		what: `Enable ${all.join(', ')}, and start all but the last`,
		undoing: `Stop sessions, sockets and timers, and disable ${all.join(', ')}`,
		async is(wanted) {
			const states = await Promise.all(all.map(async unit => showUnit(unit, ['ActiveState', 'UnitFileState'])));
			return states.every(
				({ActiveState, UnitFileState}, index) =>
					(UnitFileState === 'enabled') === (wanted === 'set')
					&& (index >= started.length || (ActiveState === 'active') === (wanted === 'set')),
			);
		},
		async set() {
			assertDone('systemctl enable', await systemctl(['--quiet', 'enable'], ...all));
			assertDone('systemctl start', await systemctl(['start'], ...started, metrics));
		},
		async undo() {
			assertDone('systemctl stop', await systemctl(['stop'], ...started, metrics));
			assertDone('systemctl stop', await systemctl(['stop'], 'tanos-admin@*.service', 'tanos-user@*.service'));
			await assertNoJournal(hostLayout);
			assertDone('systemctl disable', await systemctl(['--quiet', 'disable'], ...all));
		},
	};
}

async function reloadSystemd(): Promise<void> {
	const failure = await systemctl(['daemon-reload']);
	if (failure !== undefined) {
		throw new Problem('no-systemd', `systemd has not read the change: ${failure}`, 'Run: systemctl daemon-reload');
	}
}

/** A configuration that sshd refuses must not keep anybody out. The unit is called ssh on Debian and sshd elsewhere. */
async function reloadSshd(): Promise<void> {
	await run('sshd', '-t');
	const {LoadState} = await showUnit('ssh.service', ['LoadState']);
	const unit = LoadState === 'loaded' ? 'ssh.service' : 'sshd.service';
	assertDone('systemctl reload', await systemctl(['try-reload-or-restart'], unit));
}

async function run(program: string, ...words: string[]): Promise<void> {
	try {
		await execa(program, words, hostProgram);
	} catch (error) {
		assertDone([program, ...words].join(' '), reasonIn(error));
	}
}

/** What a program said last before it failed. */
function reasonIn(error: unknown): string {
	const said = error instanceof ExecaError ? String(error.stderr).trim() : '';
	return sanitise(said.split('\n').at(-1) || messageOf(error));
}

function assertDone(what: string, failure: string | undefined): void {
	if (failure !== undefined) {
		throw new Problem('setup-failed', `${what} failed: ${failure}`, 'What is done stays done. Fix that, then run it again.');
	}
}
