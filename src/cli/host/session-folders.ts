// What the console's sessions may write besides their own state: the folders of the targets' files. The units are confined, so that this
// is a setting of systemd, which follows the targets only when somebody writes it anew.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {ifPresent} from '../../if-present.js';
import {installedOn, type HostTarget} from '../../installation/host-target.js';
import {Problem} from '../../problem.js';
import {sanitise} from '../../sanitise.js';

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
