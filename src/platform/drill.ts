// A drill: `drill.json` makes the Tanium Server fail with every certificate but one, to demonstrate and test a rollback. Only a
// sandbox has drills.
import {readFile} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import {Problem} from '../problem.js';
import {fail, type ProgramContext} from './program.js';

/** How the server fails. `except` is the SHA-256 fingerprint of the only certificate that may serve. */
type Drill = {kind: 'fails-to-start' | 'dies-after-start'; except: string};

/** How long a server runs in the drill `dies-after-start` once it is listening, in milliseconds. */
const lifetimeMs = 500;

/**
 * Rejects with Problem `drill` when the drill prevents this server from starting. Otherwise resolves with a function to call
 * once the server is listening, which may schedule a crash. A damaged drill file is ignored.
 */
export async function obeyDrill({layout, log}: ProgramContext, fingerprint: string): Promise<() => void> {
	const drill = await readDrill(layout.drill, log);
	if (!drill || bare(drill.except) === bare(fingerprint)) {
		return () => undefined;
	}

	const problem = new Problem('drill', `This is a drill (${drill.kind}): only the earlier certificate may serve.`);
	if (drill.kind === 'fails-to-start') {
		throw problem;
	}

	return () => {
		setTimeout(() => {
			fail(problem);
		}, lifetimeMs);
	};
}

async function readDrill(file: string, log: (line: string) => void): Promise<Drill | undefined> {
	try {
		const text = await ifPresent(async () => readFile(file, 'utf8'));
		if (text === undefined) {
			return undefined;
		}

		const {kind, except} = JSON.parse(text) as Partial<Drill>;
		if ((kind === 'fails-to-start' || kind === 'dies-after-start') && typeof except === 'string') {
			return {kind, except};
		}

		log(`${file} does not name a known drill; it is ignored.`);
	} catch {
		log(`${file} cannot be read; it is ignored.`);
	}

	return undefined;
}

function bare(fingerprint: string): string {
	return fingerprint.replaceAll(/[^\da-f]/gi, '').toLowerCase();
}
