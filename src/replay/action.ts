import type {Chord} from './keys.js';

/** What a tape can set. All times are in milliseconds. */
export type Settings = {
	columns: number;
	rows: number;
	/** The timeout of a Wait, and of a key until the program is ready for it. */
	waitTimeout: number;
	/** The pattern of a Wait without one. */
	waitPattern: string;
	/** The pause between two characters in slow motion. */
	typingSpeed: number;
	/** Whether the program writes ready marks (src/ready-mark.ts). */
	readyMark: boolean;
	/** Without ready marks: how long the screen must not have changed before the next key, and before a pattern counts. */
	quietTime: number;
};

/** Where a pattern is looked for. */
export type Place = 'line' | 'screen';

/** What one command of a tape does. All times are in milliseconds. */
export type Action =
	| {do: 'type'; text: string; pause: number | undefined}
	| {do: 'press'; chord: Chord; times: number; pause: number | undefined}
	| {do: 'wait'; on: Place; pattern: string | undefined; timeout: number | undefined}
	| {do: 'wait-exit'; timeout: number | undefined}
	| {do: 'sleep'; duration: number}
	| {do: 'screenshot'; name: string}
	| {do: 'resize'; columns: number; rows: number}
	| {do: 'set'; settings: Partial<Settings>}
	| {do: 'environment'; name: string; value: string}
	| {do: 'expect'; on: Place; pattern: string; isExpected: boolean}
	/** Types a secret, which is neither shown nor recorded. */
	| {do: 'secret'; name: string}
	/** The commands up to its `end-if` are run only if the pattern matches. */
	| {do: 'if'; on: Place; pattern: string}
	| {do: 'end-if'}
	/** Fails unless the file or folder is as it was before the first command. */
	| {do: 'unchanged'; path: string}
	| {do: 'copy'; text: string}
	| {do: 'paste'}
	| {do: 'require'; program: string}
	/** A file to write when the tape has ended: a recording, or the last screen. */
	| {do: 'output'; file: string}
	| {do: 'hide'}
	| {do: 'show'};
