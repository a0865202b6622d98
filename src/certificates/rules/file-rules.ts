// The rules for a file as such, without its content.
import {refuse, shellWord, warn, type FindingDraft, type Role} from './finding.js';
import {listed, quoted, sanitise} from '../../sanitise.js';
import {maxFileBytes, type UploadedFile} from '../parse/uploaded-file.js';

const what: Record<Role, string> = {cert: 'certificate', key: 'private key'};

/** Why a file could not be read; undefined when it could. */
export function fileError(role: Role, file: UploadedFile): FindingDraft | undefined {
	const name = sanitise(file.name);
	switch (file.state) {
		case 'read': {
			return file.bytes.length > maxFileBytes ? tooBig(role, name, file.bytes.length) : undefined;
		}

		case 'missing': {
			return notFound(role, name, file);
		}

		case 'unreadable': {
			return refuse(
				`${role}-unreadable`,
				`${name} cannot be read: permission denied.`,
				file.isLocal
					? `Let yourself read it: chmod u+r ${shellWord(file.name)}`
					: 'Upload it again as the user who may write there, or give that user the right to read it.',
			);
		}

		case 'symlink': {
			return refuse(
				`${role}-symlink`,
				`${name} is a symbolic link, and links are not followed.`,
				`Upload the ${what[role]} file itself in its place.`,
			);
		}

		case 'not-file': {
			return refuse(
				`${role}-not-file`,
				`${name} is ${sanitise(file.kind)}, not a file.`,
				file.isLocal ? `Name the file with the ${what[role]}.` : `Remove it and upload the ${what[role]} under that name.`,
			);
		}

		case 'too-big': {
			return tooBig(role, name, file.size);
		}
	}
}

/** Findings about the links and the mode of a file that was read. */
export function fileFindings(role: Role, file: UploadedFile): FindingDraft[] {
	if (file.state !== 'read') {
		return [];
	}

	const name = sanitise(file.name);
	const findings: FindingDraft[] = [];
	if (file.links > 1) {
		findings.push(
			warn(
				'hardlink',
				`${name} has ${file.links} hard links: the same bytes can be changed under another name.`,
				'Upload a file of its own.',
			),
		);
	}

	if (role === 'key' && (file.mode & 0o044) !== 0) {
		findings.push(
			warn(
				'key-mode',
				`${name} can be read by others (mode ${(file.mode & 0o777).toString(8).padStart(4, '0')}).`,
				`Restrict it before the next upload: chmod 600 ${shellWord(file.name)}`,
			),
		);
	}

	return findings;
}

function tooBig(role: Role, name: string, size: number): FindingDraft {
	return refuse(
		`${role}-too-big`,
		`${name} has ${size} bytes; at most ${maxFileBytes} (64 KB) are read. Is this the right file?`,
		`Upload the ${what[role]} alone.`,
	);
}

function notFound(role: Role, name: string, {others, isLocal}: UploadedFile & {state: 'missing'}): FindingDraft {
	const nearest = nearestName(name, others);
	const empty = isLocal ? 'There is nothing in its folder.' : 'The folder is empty.';
	const there = others.length === 0 ? empty : `There is: ${listed(others)}.`;
	const rename = nearest === undefined ? '' : `Did you mean ${quoted(nearest)}? Names are case-sensitive. `;
	return refuse(
		`${role}-not-found`,
		`There is no file ${name}. ${there}`,
		`${rename}${isLocal ? `Name the file with the ${what[role]}.` : `Upload the ${what[role]} by SFTP as /incoming/${name}.`}`,
	);
}

function nearestName(name: string, others: string[]): string | undefined {
	const lower = name.toLowerCase();
	const known = others.filter(other => other.length < 256);
	return (
		known.find(other => other.toLowerCase() === lower)
		?? known.find(other => other.toLowerCase().startsWith(`${lower}.`) || distance(other.toLowerCase(), lower) <= 2)
	);
}

/** How many letters must be added, removed or changed to make one word of the other (Levenshtein). */
function distance(one: string, other: string): number {
	let row = Array.from({length: other.length + 1}, (_, index) => index);
	for (const [index, letter] of [...one].entries()) {
		const next = [index + 1];
		for (const [column, target] of [...other].entries()) {
			const change = (row[column] ?? 0) + (letter === target ? 0 : 1);
			next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
		}

		row = next;
	}

	return row.at(-1) ?? 0;
}
