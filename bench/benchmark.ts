import type {Figure} from './figure.js';
import type {Program} from './programs.js';

/** One benchmark, as main.ts lists and runs it. */
export type Benchmark = {
	name: string;
	/** What it measures, in at most 76 characters. */
	title: string;
	/** What the peer's values are of, in at most 70 characters. */
	peer?: string;
	/** Programs that are not part of this project. */
	needs: readonly Program[];
	/** Whether it reads what only root may read. */
	needsRoot?: boolean;
	/** How long it may take before it is stopped, in seconds. */
	limitSeconds: number;
	/** The URL of a module that exports `measure`. */
	module: string;
};

/**
 * What a benchmark's module exports: yields each figure as soon as it is measured. The folder is empty and its own. Nothing has to be
 * cleaned up: the processes that were started and the folder are removed afterwards, however the benchmark ended.
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
