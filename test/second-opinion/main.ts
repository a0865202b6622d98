// Others' collections of keys, certificates and chains, judged by the project and by OpenSSL: `npm run second-opinion`. Ends with 1
// when they disagree in a way that expected.ts does not explain. Without the collections it says what is missing, and ends with 0
// unless it must have them (`--strict`, or CI=true).
import process from 'node:process';
import {performance} from 'node:perf_hooks';
import {compareCertificates} from './certificates.js';
import {expected} from './expected.js';
import {compareKeys} from './keys.js';
import {missing, type Comparison} from './material.js';
import {comparePaths} from './paths.js';

const print = (text: string) => process.stdout.write(`${text}\n`);
const parts: ReadonlyArray<[string, () => Promise<Comparison[]>]> = [
	['files that may hold a key', compareKeys],
	['chains of PKITS', comparePaths],
	['parts of certificates', compareCertificates],
];

const lacks = await missing();
if (lacks.length > 0) {
	print(`No second opinion: ${lacks.join('; ')}`);
	process.exitCode = process.argv.includes('--strict') || process.env['CI'] === 'true' ? 1 : 0;
} else {
	for (const [what, compare] of parts) {
		const started = performance.now();
		const comparisons = await compare();
		report(what, comparisons, (performance.now() - started) / 1000);
	}
}

function report(what: string, comparisons: readonly Comparison[], seconds: number): void {
	const differences = comparisons.filter(({ours, theirs}) => ours !== theirs);
	const explained = differences.map(({name, ours, theirs}) => ({
		name,
		ours,
		theirs,
		reason: expected.find(([pattern]) => pattern.test(name))?.[1],
	}));
	const unexplained = explained.filter(({reason}) => reason === undefined);
	print(
		`${comparisons.length} ${what}: ${comparisons.length - differences.length} agree, ${differences.length - unexplained.length} `
			+ `differ for a known reason, ${unexplained.length} for none (${seconds.toFixed(0)} s)`,
	);
	for (const {name, ours, theirs, reason = 'UNEXPLAINED'} of explained) {
		print(`  ${name}: ours ${JSON.stringify(ours)}, OpenSSL's ${JSON.stringify(theirs)}: ${reason}`);
	}

	if (unexplained.length > 0) {
		process.exitCode = 1;
	}
}
