import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {aimFor, figureOf, type Figure} from '../figure.js';
import {inTurn, median, quantile} from '../statistics.js';
import {makeAppliance, tanosFile, type Appliance} from '../support/appliance.js';
import {endOfFrame, openTerminal, type Terminal} from '../support/terminal.js';

const keys = 400;
const [up, down] = ['\u001B[A', '\u001B[B'];
const echo = 'process.stdin.setRawMode(true).on("data", key => process.stdout.write(key)); process.stdout.write("ready");';

export async function* measure(folder: string): AsyncGenerator<Figure> {
	const console = await openMainMenu(await makeAppliance(folder));
	const plain = openTerminal(process.execPath, ['-e', echo]);
	await plain.output.seen('ready');
	let typed = 0;
	const [tanos, peer] = await inTurn(
		keys,
		async () => {
			await console.output.seen('ready;'); // The previous frame is drawn, and no work is in progress.
			return timeOfKey(console, typed++ % 20 < 10 ? down : up, endOfFrame);
		},
		async () => timeOfKey(plain, 'x', 'x'),
	);
	yield figureOf({what: `median of ${keys} keys`, unit: 'ms', tanos: median(tanos), peer: median(peer)});
	const p99 = {tanos: quantile(tanos, 0.99), peer: quantile(peer, 0.99)};
	yield figureOf({what: `p99 of ${keys} keys`, unit: 'ms', ...p99, aim: aimFor('at most', 16)});
}

/** A console on a pseudo-terminal, with its main menu open, that marks each moment at which it is ready for the next key. */
async function openMainMenu({layout, passwords}: Appliance): Promise<Terminal> {
	const terminal = openTerminal(process.execPath, [tanosFile, '--root', layout.root], {TANOS_READY_MARK: '1'});
	await terminal.output.seen('ready;0');
	terminal.write(`tanadmin\r${passwords.tanadmin}\r`);
	await terminal.output.seen('Main Menu');
	return terminal;
}

async function timeOfKey(terminal: Terminal, key: string, answer: string): Promise<number> {
	terminal.output.clear();
	const started = performance.now();
	terminal.write(key);
	await terminal.output.seen(answer);
	return performance.now() - started;
}
