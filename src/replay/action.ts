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
};

/** What one command of a tape does. All times are in milliseconds. */
export type Action =
	| {do: 'type'; text: string; pause: number | undefined}
	| {do: 'press'; chord: Chord; times: number; pause: number | undefined}
	| {do: 'wait'; on: 'line' | 'screen'; pattern: string | undefined; timeout: number | undefined}
	| {do: 'wait-exit'; timeout: number | undefined}
	| {do: 'sleep'; duration: number}
	| {do: 'screenshot'; name: string}
	| {do: 'resize'; columns: number; rows: number}
	| {do: 'set'; settings: Partial<Settings>}
	| {do: 'environment'; name: string; value: string};
