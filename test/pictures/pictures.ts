// The pictures of the README and docs/, made by playing a script into the console of a new appliance.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {parseTape} from '../../src/replay/tape.js';
import {play} from '../../src/replay/play.js';
import {renderSvg} from '../../src/replay/svg.js';
import {packageRoot} from '../../src/services/package-root.js';
import {makeAppliance, putIncoming, tanosFile} from '../helpers/appliance.js';
import {orderPair} from '../helpers/authority.js';
import {fixedScreens} from './fixed.js';
import {renderAnimation} from './animation.js';

/** The screens that have a picture of their own, with its title. */
const stills: Record<string, string> = {
	menu: 'The main menu',
	compare: 'The installed and the new certificate',
	installed: 'The console after an installation',
};

/** Seconds that a screen is shown; those of which only the typed text is new are shown for a shorter time. */
const secondsOf: Record<string, number> = {menu: 2, compare: 6, installed: 5, registered: 5};

/** The pictures by their file names in docs/. `t` stops the appliance. */
export async function makePictures(t: Parameters<typeof makeAppliance>[0]): Promise<Record<string, string>> {
	const appliance = await makeAppliance(t);
	const now = new Date();
	await orderPair(appliance.workFolder);
	await putIncoming(appliance, appliance.workFolder);
	const file = path.join(packageRoot(), 'test', 'pictures', 'main-job.tape');
	const {screenshots} = await play(parseTape(await readFile(file, 'utf8'), 'main-job.tape'), {
		command: process.execPath,
		arguments: [tanosFile, '--root', appliance.root],
		variables: {TANADMIN: appliance.passwords.tanadmin, TANIUM: appliance.passwords.tanium},
	});
	const fixed = fixedScreens(appliance, now);
	const frames = screenshots.map(({name, cells}) => ({name, cells: fixed(cells), seconds: secondsOf[name] ?? 1.2}));
	const pictures = frames
		.filter(({name}) => name in stills)
		.map(({name, cells}) => [`${name}.svg`, renderSvg(cells, stills[name]!)] as const);
	return {...Object.fromEntries(pictures), 'main-job.svg': renderAnimation(frames, 'The replacement of a certificate')};
}
