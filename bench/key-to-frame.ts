import {performance} from 'node:perf_hooks';
import {inMs, median, quantile, type Figure} from './figures.js';
import {endOfFrame, onPty} from './console.js';
import {tanosFile, type Sandbox} from './sandbox.js';

const keys = 400;

/** From a key written to the pseudo-terminal to the end of the frame that shows it, in the main menu. */
export async function keyToFrameFigures({layout, passwords}: Sandbox): Promise<Figure[]> {
	const program = onPty([tanosFile, '--root', layout.root], {TANOS_READY_MARK: '1'});
	let text = '';
	let wake = () => {};
	program.onData(part => {
		text += part;
		wake();
	});
	const seen = async (what: string) => {
		while (!text.includes(what)) {
			await new Promise<void>(resolve => {
				wake = resolve;
			});
		}
	};

	await seen('ready;0');
	program.write(`tanadmin\r${passwords.tanadmin}\r`);
	await seen('Main Menu');
	const samples: number[] = [];
	for (let key = 0; key < keys; key++) {
		await seen('ready;');
		text = '';
		const started = performance.now();
		program.write(key % 20 < 10 ? '\u001B[B' : '\u001B[A');
		await seen(endOfFrame);
		samples.push(performance.now() - started);
	}

	await program.kill();
	const [middle, high] = [median(samples), quantile(samples, 0.99)];
	return [{name: `key to frame, median and p99 of ${keys}`, value: `${inMs(middle)}, ${inMs(high)}`, aim: 'p99 at most 16 ms'}];
}
