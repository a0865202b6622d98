import type {Stats} from 'node:fs';
import {uint32, uint64} from '../ssh-keys/wire.js';
import type {PacketReader} from './packet.js';

const flag = {size: 1, owner: 2, permissions: 4, times: 8, extended: 0x8000_0000} as const;

/** What a client asks of a file; absent parts stay as they are. */
export type AttributeChanges = {
	size?: number;
	owner?: {user: number; group: number};
	mode?: number;
	/** Seconds since 1970. */
	times?: {accessed: number; modified: number};
};

/** A file as READDIR and REALPATH name it. */
export type Entry = {
	/** Its name in bytes, one character each. */
	name: string;
	stats?: Stats;
};

export function readAttributeChanges(reader: PacketReader): AttributeChanges {
	const flags = reader.uint32();
	return {
		...flags & flag.size && {size: reader.uint64()},
		...flags & flag.owner && {owner: {user: reader.uint32(), group: reader.uint32()}},
		...flags & flag.permissions && {mode: reader.uint32() & 0o7777},
		...flags & flag.times && {times: {accessed: reader.uint32(), modified: reader.uint32()}},
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

/** The attributes of something of which nothing is told. */
export const noAttributes = uint32(0);

/** Seconds in the 32 unsigned bits that version 3 has for a time. */
function seconds(milliseconds: number): number {
	return Math.min(Math.max(Math.floor(milliseconds / 1000), 0), 0xFFFF_FFFF);
}

/** The line that `ls -l` would print, which most clients show as it is. */
export function longName({name, stats}: Entry, ownersOf: (stats: Stats) => readonly [user: string, group: string]): string {
	if (!stats) {
		return name;
	}

	const {mode, nlink, size, mtime} = stats;
	const [user, group] = ownersOf(stats);
	const who = `${user.padEnd(8)} ${group.padEnd(8)}`;
	return `${modeInLetters(mode)} ${String(nlink).padStart(4)} ${who} ${String(size).padStart(8)} ${dayOf(mtime)} ${name}`;
}

const kinds: Record<number, string> = {
	0o04: 'd', 0o10: '-', 0o12: 'l', 0o01: 'p', 0o14: 's', 0o02: 'c', 0o06: 'b',
};

/** As strmode(3): the special bits show in the places of the three x. */
function modeInLetters(mode: number): string {
	const bits = [...'rwxrwxrwx'].map((letter, index) => mode & (0o400 >> index) ? letter : '-');
	for (const [bit, place, letter] of [[0o4000, 2, 's'], [0o2000, 5, 's'], [0o1000, 8, 't']] as const) {
		if (mode & bit) {
			bits[place] = bits[place] === 'x' ? letter : letter.toUpperCase();
		}
	}

	return `${kinds[mode >> 12] ?? '?'}${bits.join('')}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const halfYear = 182 * 24 * 60 * 60 * 1000;

function dayOf(time: Date): string {
	const day = `${months[time.getMonth()] ?? '???'} ${String(time.getDate()).padStart(2)}`;
	const age = Date.now() - time.getTime();
	const clock = [time.getHours(), time.getMinutes()].map(part => String(part).padStart(2, '0')).join(':');
	return `${day} ${age >= 0 && age < halfYear ? clock : String(time.getFullYear()).padStart(5)}`;
}
