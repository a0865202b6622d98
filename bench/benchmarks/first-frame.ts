import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {makeAppliance, tanosFile} from '../support/appliance.js';
import {openTerminal} from '../support/terminal.js';

const rounds = 15;
/** The first one fills Node's compile cache. */
const warmUp = 2;

export async function* measure(folder: string): AsyncGenerator<Figure> {
	const {layout} = await makeAppliance(folder);
	const firstFrame = async () => {
		const started = performance.now();
		const terminal = openTerminal(process.execPath, [tanosFile, '--root', layout.root]);
		await terminal.output.seen('Login:');
		const took = performance.now() - started;
		await terminal.kill();
		return took;
	};

	for (let round = 0; round < warmUp; round++) {
		await firstFrame();
	}

	const [tanos, peer] = await inTurn(rounds, firstFrame, emptyProgram);
	yield figureOf({what: `median of ${rounds}`, unit: 'ms', tanos: median(tanos), peer: median(peer), aim: ratioAim('at most', 3)});
}

async function emptyProgram(): Promise<number> {
	const started = performance.now();
	const terminal = openTerminal(process.execPath, ['-e', '0']);
	await new Promise<void>(resolve => {
		terminal.onExit(() => {
			resolve();
		});
	});
	return performance.now() - started;
}
