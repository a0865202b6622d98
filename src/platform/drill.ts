// A drill: `drill.json` makes the Tanium Server fail with every certificate but one, so that people and tests can see a
// rollback. Only a sandbox has drills.
import {readFile} from 'node:fs/promises';
import {hasCode, Problem} from '../problem.js';
import {fail, type ProgramContext} from './program.js';

/** What the drill demands of a server with this certificate. `except` is the SHA-256 fingerprint that may serve. */
type Drill = {kind: 'fails-to-start' | 'dies-after-start'; except: string};

/** How long a server that dies after its start lives once it listens, in milliseconds. */
const lifetime = 500;

/**
 * Rejects with Problem `drill` when a drill wants this server not to start. Else resolves with what to do once it listens,
 * which may be to arrange a sudden end. A damaged drill file is no drill.
 */
export async function obeyDrill({layout, log}: ProgramContext, fingerprint: string): Promise<() => void> {
	const drill = await readDrill(layout.drill, log);
	if (!drill || bare(drill.except) === bare(fingerprint)) {
		return () => undefined;
	}

	const problem = new Problem('drill', `This is a drill (${drill.kind}): only the certificate from before it may serve.`);
	if (drill.kind === 'fails-to-start') {
		throw problem;
	}

	return () => {
		setTimeout(() => {
			fail(problem);
		}, lifetime);
	};
}

async function readDrill(file: string, log: (line: string) => void): Promise<Drill | undefined> {
	try {
		const {kind, except} = JSON.parse(await readFile(file, 'utf8')) as Partial<Drill>;
		if ((kind === 'fails-to-start' || kind === 'dies-after-start') && typeof except === 'string') {
			return {kind, except};
		}

		log(`${file} names no kind of drill; it is ignored.`);
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) {
			log(`${file} cannot be read; it is ignored.`);
		}
	}

	return undefined;
}

function bare(fingerprint: string): string {
	return fingerprint.replaceAll(/[^\da-f]/gi, '').toLowerCase();
}
