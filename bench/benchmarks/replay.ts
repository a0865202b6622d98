import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import {packageRoot} from '../../src/services/package-root.js';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {findProgram} from '../programs.js';
import {median} from '../statistics.js';
import {makeAppliance, tanosFile, type Appliance} from '../support/appliance.js';
import {openTerminal} from '../support/terminal.js';

const rounds = 7;
const support = path.join(packageRoot(), 'bench', 'support');

/** The whole main job, from the start of the console to its end: by a script of each kind, and with all keys typed ahead. */
export async function* measure(folder: string): AsyncGenerator<Figure> {
	const appliance = await makeAppliance(folder);
	const samples: Record<'replay' | 'expect' | 'ahead', number[]> = {replay: [], expect: [], ahead: []};
	for (let round = 0; round < rounds; round++) {
		samples.replay.push(await timed(appliance, async () => byReplay(appliance)));
		samples.expect.push(await timed(appliance, async () => byExpect(appliance)));
		samples.ahead.push(await timed(appliance, async () => typedAhead(appliance)));
	}

	const [tanos, expect, ahead] = [median(samples.replay), median(samples.expect), median(samples.ahead)];
	yield figureOf({what: `the main job, median of ${rounds}`, unit: 'ms', tanos, peer: expect, aim: ratioAim('at most', 1.05)});
	yield figureOf({what: 'beside all keys typed ahead', unit: 'ms', tanos, peer: ahead, aim: ratioAim('at most', 1.1)});
}

/** The milliseconds of the job with a new pair, which it must install. */
async function timed({layout, identity}: Appliance, job: () => Promise<unknown>): Promise<number> {
	const {certificate, key} = await selfSignedPair({hostnames: [identity.name, 'localhost'], days: 300});
	await writeFile(path.join(layout.incoming, 'SOAPServer.crt'), certificate);
	await writeFile(path.join(layout.incoming, 'SOAPServer.key'), key, {mode: 0o600});
	const start = performance.now();
	await job();
	return performance.now() - start;
}

function passwordsOf({passwords}: Appliance): Record<string, string> {
	return {TANADMIN: passwords.tanadmin, TANIUM: passwords.tanium};
}

async function byReplay(appliance: Appliance): Promise<void> {
	const words = ['replay', path.join(support, 'main-job.tape'), '--root', appliance.layout.root, '--set', 'TANADMIN', '--set', 'TANIUM'];
	await execa(process.execPath, [tanosFile, ...words], {env: passwordsOf(appliance)});
}

async function byExpect(appliance: Appliance): Promise<void> {
	const words = [path.join(support, 'main-job.exp'), process.execPath, tanosFile, '--root', appliance.layout.root];
	await execa(findProgram('expect')!, words, {env: {...passwordsOf(appliance), TERM: 'xterm-256color'}});
}

/** The console takes each key when it is ready for it: nothing waits for what is on the screen. */
async function typedAhead({layout, passwords}: Appliance): Promise<void> {
	const terminal = openTerminal(process.execPath, [tanosFile, '--root', layout.root]);
	const {promise, resolve} = Promise.withResolvers<number>();
	terminal.onExit(resolve);
	terminal.write(['tanadmin', passwords.tanadmin, '2', '4', 'YES', 'Y', 'yes', passwords.tanium, '', 'RR', 'Z', ''].join('\r'));
	const code = await promise;
	if (code !== 0) {
		throw new Error(`The console ended with ${code}.`);
	}
}
