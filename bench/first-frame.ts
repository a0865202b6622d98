import {performance} from 'node:perf_hooks';
import {inMs, inTurn, median, type Figure} from './figures.js';
import {onPty, until} from './console.js';
import {tanosFile, type Sandbox} from './sandbox.js';

const rounds = 15;

/** From the start of the process to the sign-in prompt on the terminal, beside a Node that does nothing. */
export async function firstFrameFigures({layout}: Sandbox): Promise<Figure[]> {
	const firstFrame = async () => {
		const started = performance.now();
		const program = onPty([tanosFile, '--root', layout.root]);
		await until(program, text => text.includes('Login:'));
		const took = performance.now() - started;
		await program.kill();
		return took;
	};

	const empty = async () => {
		const started = performance.now();
		const program = onPty(['-e', '0']);
		await new Promise<void>(resolve => {
			program.onExit(() => {
				resolve();
			});
		});
		return performance.now() - started;
	};

	await firstFrame(); // Starts what the console starts once, and fills the compile cache.
	await firstFrame();
	const [frames, empties] = await inTurn(rounds, firstFrame, empty);
	const ratio = median(frames) / median(empties);
	return [
		{
			name: 'first frame / node -e 0',
			value: `${inMs(median(frames))} / ${inMs(median(empties))} = ${ratio.toFixed(2)}`,
			aim: 'at most 3.5',
		},
	];
}
