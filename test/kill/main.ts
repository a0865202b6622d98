// Kills installations, services and whole appliances at random moments: `npm run kill -- [ROUNDS] [--seed N]`. Recoveries are killed,
// too. After each round OpenSSL and the file system judge what is left. The same seed chooses the same kills and delays; what they hit
// depends on the machine. Exits with 0 only when no round ended badly.
import process from 'node:process';
import {parseArgs} from 'node:util';
import {numbersFor} from '../fuzz/numbers.js';
import {faultsOf, type Ended} from './judge.js';
import {makeSite} from './site.js';
import {installWithKill, recoverWithKills, victims} from './round.js';

const {values, positionals} = parseArgs({allowPositionals: true, options: {seed: {type: 'string'}}});
const rounds = Number(positionals[0] ?? 60);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
if (!Number.isSafeInteger(rounds) || !Number.isSafeInteger(seed) || rounds < 1) {
	throw new Error('usage: npm run kill -- [ROUNDS] [--seed N]');
}

const print = (text: string) => process.stdout.write(`${text}\n`);
print(`${rounds} rounds, seed ${seed}`);
const counts = new Map<string, number>();
const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
let bad = 0;

await using site = await makeSite();
const longest = await site.measureInstallation();
for (let round = 1; round <= rounds; round++) {
	const numbers = numbersFor(seed, round);
	const victim = numbers.pick(victims);
	const ended: Ended = {
		...(await installWithKill(site, victim, numbers.below(longest))),
		...(await recoverWithKills(site, numbers)),
	};
	const faults = await faultsOf(site, ended);
	count(`${victim} killed`);
	count(ended.killedRecoveries > 0 ? 'recovery killed' : 'recovery undisturbed');
	count((await site.isNewInstalled()) ? 'new pair installed' : 'old pair in place');
	if (faults.length > 0) {
		bad++;
		print(`round ${round}, ${victim} killed: ${faults.join('; ')}`);
		await site.repair();
	}
}

print([...counts].map(([what, times]) => `${what} ${times}`).join(', '));
print(`${rounds} rounds, ${bad} ended badly (seed ${seed})`);
process.exitCode = bad === 0 ? 0 : 1;
