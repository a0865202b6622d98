// Changes pairs of files at random and holds the check to its promises: `npm run fuzz -- [COUNT] [--seed N]`. The same seed makes
// the same changes; the keys are new in every run, so whatever breaks a promise is kept in a folder.
import {mkdtemp, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import type {CheckResult} from '../../src/certificates/check.js';
import {certificateName, keyName} from '../certificates/fixtures/files.js';
import {makeInput} from './inputs.js';
import {numbersFor} from './numbers.js';
import {examine, type Question} from './promises.js';
import {examineReaders, understood} from './readers.js';
import {makeSeeds, type Pair} from './seeds.js';
import {isAboutTrust, verify} from './strict.js';

/** One out of so many pairs that are judged up to the root, accepted or refused for reasons of trust, is shown to the command line. */
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
	confirmed: 0,
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
print(`accepted           ${seen.accepted}, each of them after the rehearsal, a second judge and a look at what is sent`);
print(
	`verified           ${seen.verified} of the accepted by openssl verify; only its strictest mode minds ${listed(seen.flaws) || 'nothing'}`,
);
print(`refused            ${seen.refused}; openssl verify confirmed ${seen.confirmed} that were refused for reasons of trust`);
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
		?? (result && question.isToRoot ? await verifySample(pair, question, result) : undefined);
	if (fault !== undefined) {
		seen.failures++;
		const scope = `${question.hosts.join(' and ')}${question.isToRoot ? ' up to the root' : ''}`;
		print(`input ${input}: ${fault}\n  ${await kept(input, pair)}, checked for ${scope}`);
	}
}

async function verifySample(pair: Pair, {hosts}: Question, {ok, findings}: CheckResult): Promise<string | undefined> {
	if ((!ok && !isAboutTrust(findings)) || seen.upToRoot++ % sampled !== 0) {
		return undefined;
	}

	const {fault, flaw} = await verify(pair, hosts);
	seen[ok ? 'verified' : 'confirmed']++;
	if (ok && flaw !== undefined) {
		seen.flaws.set(flaw, (seen.flaws.get(flaw) ?? 0) + 1);
	}

	if (!ok) {
		return fault === undefined ? `it is refused, but openssl verify accepts it: ${JSON.stringify(findings)}` : undefined;
	}

	return fault && `it is accepted, but openssl verify says: ${fault}`;
}

async function kept(input: number, {certificate, key}: Pair): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), `fuzz-${seed}-${input}-`));
	await writeFile(path.join(folder, certificateName), certificate);
	await writeFile(path.join(folder, keyName), key, {mode: 0o600});
	return folder;
}
