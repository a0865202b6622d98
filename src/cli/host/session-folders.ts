// What the console's sessions may write besides their own state: the folders of the targets' files. The units are confined, so that this
// is a setting of systemd, which follows the targets only when somebody writes it anew.
import {mkdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {replaceFile} from '../../appliance/atomic-file.js';
import {ifPresent} from '../../if-present.js';
import {installedOn, type HostTarget} from '../../installation/host-target.js';
import {Problem} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import {systemctl} from '../../services/systemctl.js';

/** The part of the unit tanos-admin@.service that is written here. */
export const sessionPart = '/etc/systemd/system/tanos-admin@.service.d/targets.conf';

/** The folders of the files of these targets. */
export function foldersOf(targets: readonly HostTarget[]): string[] {
	return [...new Set(targets.flatMap(target => Object.values(installedOn(target))).map(file => path.dirname(file)))].toSorted();
}

/** What the part holds for these targets. */
export function sessionPartFor(targets: readonly HostTarget[]): string {
	const lines = foldersOf(targets).map(folder => `ReadWritePaths=-${quoted(folder)}\n`);
	return `# Written by \`tanos host setup\`: the folders of the targets in /etc/tanos/targets.d.\n[Service]\n${lines.join('')}`;
}

/** As systemd.syntax(7) and systemd.unit(5) have it: in quotes, with escapes, and % doubled. */
function quoted(folder: string): string {
	if (sanitise(folder) !== folder) {
		throw new Problem('folder-unusable', `The folder ${sanitise(folder)} has a character that is not printable.`, 'Rename it.');
	}

	return `"${folder.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%')}"`;
}

/** What the part holds now; undefined when there is none. */
export async function readSessionPart(): Promise<string | undefined> {
	return ifPresent(async () => readFile(sessionPart, 'utf8'));
}

/** Writes the part, or removes it, and has systemd read it. Rejects with Problem `no-systemd` when that fails. */
export async function writeSessionPart(text: string | undefined): Promise<void> {
	if (text === undefined) {
		await rm(sessionPart, {force: true});
	} else {
		await mkdir(path.dirname(sessionPart), {recursive: true});
		await replaceFile(sessionPart, text, 0o644);
	}

	const failure = await systemctl(['daemon-reload']);
	if (failure !== undefined) {
		throw new Problem('no-systemd', `systemd has not read the change: ${failure}`, 'Run: systemctl daemon-reload');
	}
}
