import {createRequire} from 'node:module';
import test from 'ava';
import {render} from 'ink';
import {Console} from '../../screens/console.js';
import type {ConsoleState} from '../../src/console/state.js';
import {sizes, states} from './states.js';
import {VirtualTty} from './virtual-tty.js';

/** The chalk that Ink colours with; its level counts for the whole process. */
const {default: chalk} = createRequire(import.meta.resolve('ink'))('chalk') as {default: {level: number}};

/** What a person sees of this state on a terminal of this size, and how each cell stands out. */
async function draw(state: ConsoleState, columns: number, rows: number): Promise<{screen: string; attributes: string}> {
	const tty = new VirtualTty(columns, rows);
	const {stdin, stdout} = tty;
	const app = render(<Console state={{...state, columns, rows}} />, {
		stdin,
		stdout,
		exitOnCtrlC: false,
		patchConsole: false,
		interactive: true,
		alternateScreen: true,
	});
	await app.waitUntilRenderFlush();
	const drawn = {screen: tty.terminal.screen(), attributes: tty.terminal.attributes()};
	app.unmount();
	return drawn;
}

// Serial, because the level of colour is the whole process's.
for (const [name, state] of Object.entries(states)) {
	test.serial(`${name} looks like this`, async t => {
		chalk.level = 0;
		for (const [columns, rows] of sizes) {
			const {screen} = await draw(state, columns, rows);
			t.snapshot(screen, `${columns} x ${rows}`);
		}
	});

	test.serial(`${name} says the same without colour`, async t => {
		for (const [columns, rows] of sizes) {
			chalk.level = 0;
			const plain = await draw(state, columns, rows);
			chalk.level = 1;
			const coloured = await draw(state, columns, rows);
			t.is(coloured.screen, plain.screen);
			t.regex(plain.attributes, /^[.\n]*$/);
			t.notRegex(coloured.attributes, /^[.\n]*$/);
		}
	});
}

test.serial('the frame leaves the last row and never scrolls, on any size of terminal', async t => {
	chalk.level = 0;
	for (const [columns, rows] of [
		[20, 8],
		[33, 10],
		[80, 7],
		[132, 43],
		[300, 100],
	] as const) {
		for (const [name, state] of Object.entries(states)) {
			const lines = (await draw(state, columns, rows)).screen.split('\n');
			t.true(lines[0]!.startsWith(' TanOS'), `${name}, ${columns} x ${rows}`);
			t.is(lines.at(-1), '', `${name}, ${columns} x ${rows}`);
			t.is(lines[1], '-'.repeat(columns), `${name}, ${columns} x ${rows}`);
			t.is(lines.at(-4), '-'.repeat(columns), `${name}, ${columns} x ${rows}`);
		}
	}
});

test.serial('what is highlighted stands out by more than colour', async t => {
	chalk.level = 0;
	const {screen} = await draw(states['the main menu for tanuser']!, 80, 24);
	t.deepEqual(
		screen.split('\n').filter(line => line.startsWith(' >')),
		[' > 4   Tanium Status'],
	);
});
