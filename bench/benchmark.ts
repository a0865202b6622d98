import type {Figure} from './figure.js';
import type {Program} from './programs.js';

/** One benchmark, as main.ts lists and runs it. */
export type Benchmark = {
	name: string;
	/** What it measures, at most 76 characters. */
	title: string;
	/** What the peer is, at most 70 characters. */
	peer?: string;
	/** The external programs that it needs. */
	needs: readonly Program[];
	/** Whether it must run as root. */
	needsRoot?: boolean;
	/** How long it may take before it is stopped, in seconds. */
	limitSeconds: number;
	/** The URL of a module that exports `measure`. */
	module: string;
};

/**
 * What a benchmark's module exports: yields each figure as soon as it is measured. The folder is empty and used by nothing else. The
 * benchmark need not clean up: its processes and the folder are removed afterwards, however it ended.
 */
export type Measure = (folder: string) => AsyncIterable<Figure>;

/** How a benchmark ended. Figures that were measured before a failure are kept. */
export type Result = {
	outcome: 'measured' | 'skipped' | 'failed' | 'stopped';
	figures: Figure[];
	seconds: number;
	/** Why it was skipped or failed. */
	reason?: string;
	/** Where in the program it failed. */
	stack?: string;
};
