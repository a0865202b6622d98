import type {Stats} from 'node:fs';
import {uint32, uint64} from '../ssh-keys/wire.js';
import type {PacketReader} from './packet.js';

const flag = {size: 1, owner: 2, permissions: 4, times: 8, extended: 0x8000_0000} as const;

/** The attributes to set; absent ones stay unchanged. */
export type AttributeChanges = {
	size?: number;
	owner?: {user: number; group: number};
	mode?: number;
	/** Seconds since 1970. */
	times?: {accessed: number; modified: number};
};

/** An entry of a reply to READDIR or REALPATH. */
export type Entry = {
	/** The name, one character for each byte. */
	name: string;
	stats?: Stats;
};

export function readAttributeChanges(reader: PacketReader): AttributeChanges {
	const flags = reader.uint32();
	return {
		...(flags & flag.size && {size: reader.uint64()}),
		...(flags & flag.owner && {owner: {user: reader.uint32(), group: reader.uint32()}}),
		...(flags & flag.permissions && {mode: reader.uint32() & 0o7777}),
		...(flags & flag.times && {times: {accessed: reader.uint32(), modified: reader.uint32()}}),
	};
}

export function attributesOf(stats: Stats): Buffer {
	return Buffer.concat([
		uint32(flag.size | flag.owner | flag.permissions | flag.times),
		uint64(stats.size),
		uint32(stats.uid),
		uint32(stats.gid),
		uint32(stats.mode),
		uint32(seconds(stats.atimeMs)),
		uint32(seconds(stats.mtimeMs)),
	]);
}

/** Attributes with no values. */
export const noAttributes = uint32(0);

/** Version 3 stores times as unsigned 32-bit seconds. */
function seconds(milliseconds: number): number {
	return Math.min(Math.max(Math.floor(milliseconds / 1000), 0), 0xffff_ffff);
}

/** The line of `ls -l`, which most clients print unchanged. */
export function longName({name, stats}: Entry, ownersOf: (stats: Stats) => readonly [user: string, group: string]): string {
	if (!stats) {
		return name;
	}

	const {mode, nlink, size, mtime} = stats;
	const [user, group] = ownersOf(stats);
	const who = `${user.padEnd(8)} ${group.padEnd(8)}`;
	return `${formatMode(mode)} ${String(nlink).padStart(4)} ${who} ${String(size).padStart(8)} ${formatDate(mtime)} ${name}`;
}

const kinds: Record<number, string> = {
	0o04: 'd',
	0o10: '-',
	0o12: 'l',
	0o01: 'p',
	0o14: 's',
	0o02: 'c',
	0o06: 'b',
};

/** Formats the mode as strmode(3): setuid, setgid and sticky replace an x. */
function formatMode(mode: number): string {
	const bits = [...'rwxrwxrwx'].map((letter, index) => (mode & (0o400 >> index) ? letter : '-'));
	for (const [bit, place, letter] of [
		[0o4000, 2, 's'],
		[0o2000, 5, 's'],
		[0o1000, 8, 't'],
	] as const) {
		if (mode & bit) {
			bits[place] = bits[place] === 'x' ? letter : letter.toUpperCase();
		}
	}

	return `${kinds[mode >> 12] ?? '?'}${bits.join('')}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const halfYear = 182 * 24 * 60 * 60 * 1000;

function formatDate(time: Date): string {
	const day = `${months[time.getMonth()] ?? '???'} ${String(time.getDate()).padStart(2)}`;
	const age = Date.now() - time.getTime();
	const clock = [time.getHours(), time.getMinutes()].map(part => String(part).padStart(2, '0')).join(':');
	return `${day} ${age >= 0 && age < halfYear ? clock : String(time.getFullYear()).padStart(5)}`;
}
