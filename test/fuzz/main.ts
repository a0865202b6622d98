// Changes pairs of files at random and holds the check to its promises: `npm run fuzz -- [COUNT] [--seed N]`. The same seed makes
// the same changes; the keys are new in every run, so whatever breaks a promise is kept in a folder.
import {mkdtemp, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {certificateName, keyName} from '../certificates/fixtures/files.js';
import {makeInput} from './inputs.js';
import {numbersFor} from './numbers.js';
import {examine, type Question} from './promises.js';
import {examineReaders, understood} from './readers.js';
import {makeSeeds, type Pair} from './seeds.js';
import {verify} from './strict.js';

/** One out of so many pairs that are accepted up to the root is shown to the command line. */
const sampled = 3;
/** Enough to see a pattern; a rule that is broken is broken often. */
const maxFailures = 10;

const {values, positionals} = parseArgs({allowPositionals: true, options: {seed: {type: 'string'}}});
const count = Number(positionals[0] ?? 20_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const print = (text: string) => process.stdout.write(`${text}\n`);
if (!Number.isSafeInteger(count) || !Number.isSafeInteger(seed) || count < 1) {
	throw new Error('usage: npm run fuzz -- [COUNT] [--seed N]');
}

print(`${count} inputs, seed ${seed}`);

const seeds = makeSeeds();
const seen = {
	accepted: 0,
	refused: 0,
	upToRoot: 0,
	verified: 0,
	failures: 0,
	slowest: 0,
	ids: new Map<string, number>(),
	flaws: new Map<string, number>(),
};
for (let input = 0; input < count && seen.failures < maxFailures; input++) {
	await examineInput(input);
}

const listed = (counts: Map<string, number>) =>
	[...counts]
		.sort(([, one], [, other]) => other - one)
		.slice(0, 12)
		.map(([what, times]) => `${what} ${times}`)
		.join(', ');
print(`accepted           ${seen.accepted}, each of them after a handshake and a second judge`);
print(
	`verified           ${seen.verified} of the accepted by openssl verify; only its strictest mode minds ${listed(seen.flaws) || 'nothing'}`,
);
print(`refused            ${seen.refused}`);
print(`most frequent      ${listed(seen.ids)}`);
print(
	`other readers      understood ${Object.entries(understood)
		.map(([what, times]) => `${times} ${what}`)
		.join(', ')}`,
);
print(`slowest            ${seen.slowest.toFixed(0)} ms`);
print(`broken promises    ${seen.failures}`);
process.exitCode = seen.failures === 0 && seen.accepted > 0 ? 0 : 1; // Where nothing is accepted, nothing was proven.

async function examineInput(input: number): Promise<void> {
	const numbers = numbersFor(seed, input);
	const pair = makeInput(numbers, seeds);
	const question: Question = {
		hosts: ['ts1.example.com', 'ts2.example.com'].slice(0, numbers.pick([1, 2, 2])),
		isToRoot: numbers.chance(0.4),
	};
	const {result, took, broken} = await examine(pair, question);
	seen.slowest = Math.max(seen.slowest, took);
	seen[result?.ok ? 'accepted' : 'refused']++;
	for (const id of new Set(result?.findings.map(finding => finding.id))) {
		seen.ids.set(id, (seen.ids.get(id) ?? 0) + 1);
	}

	const fault =
		broken
		?? (result && examineReaders(pair, result))
		?? (result?.ok && question.isToRoot ? await verifySample(pair, question) : undefined);
	if (fault !== undefined) {
		seen.failures++;
		const scope = `${question.hosts.join(' and ')}${question.isToRoot ? ' up to the root' : ''}`;
		print(`input ${input}: ${fault}\n  ${await kept(input, pair)}, checked for ${scope}`);
	}
}

async function verifySample(pair: Pair, {hosts}: Question): Promise<string | undefined> {
	if (seen.upToRoot++ % sampled !== 0) {
		return undefined;
	}

	const {fault, flaw} = await verify(pair, hosts);
	seen.verified++;
	if (flaw !== undefined) {
		seen.flaws.set(flaw, (seen.flaws.get(flaw) ?? 0) + 1);
	}

	return fault && `it is accepted, but openssl verify says: ${fault}`;
}

async function kept(input: number, {certificate, key}: Pair): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), `fuzz-${seed}-${input}-`));
	await writeFile(path.join(folder, certificateName), certificate);
	await writeFile(path.join(folder, keyName), key, {mode: 0o600});
	return folder;
}
