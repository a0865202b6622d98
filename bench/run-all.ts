import type {Benchmark, Result} from './benchmark.js';
import {entryOf, readSetting, type FiguresDocument} from './document.js';
import {endLines, figureLine, headLines, summaryLines, titleLines} from './report.js';
import {runBenchmark, type RunOptions} from './run-benchmark.js';

export type RunAllOptions = Omit<RunOptions, 'onFigure'> & {
	/** Takes the lines that are shown while the benchmarks run. */
	print: (...lines: string[]) => void;
};

/** Runs benchmarks one after the other. A failure does not stop the others. Undefined when the signal stopped them. */
export async function runAll(benchmarks: readonly Benchmark[], {print, ...options}: RunAllOptions): Promise<FiguresDocument | undefined> {
	const document: FiguresDocument = {...(await readSetting()), benchmarks: []};
	const onFigure: RunOptions['onFigure'] = figure => {
		print(figureLine(figure));
	};

	print(...headLines(document));
	for (const benchmark of benchmarks) {
		print(...titleLines(benchmark));
		const result = await runBenchmark(benchmark, {...options, onFigure}).catch(failed);
		print(...endLines(result));
		if (result.outcome === 'stopped') {
			return undefined;
		}

		document.benchmarks.push(entryOf(benchmark, result));
	}

	print(...summaryLines(document.benchmarks));
	return document;
}

/** A folder or a process that cannot be removed is a failure of that benchmark only. */
function failed(error: unknown): Result {
	return {outcome: 'failed', figures: [], seconds: 0, reason: error instanceof Error ? error.message : String(error)};
}
