// Tests that need programs from outside. Where one is missing, they are skipped; with REQUIRE_TOOLS=1 they fail.
import {appendFileSync} from 'node:fs';
import process from 'node:process';
import test, {type Implementation} from 'ava';
import {findProgram, installing, type Program} from './programs.js';

type Declare = (title: string, implementation: Implementation<[]>) => void;

/**
 * ava's `test`, also as `test.serial`, for tests that need these programs: `testWith('sshd', 'ssh')('title', async t => ...)`.
 * tools/test.js names the file in which it is told of each test that is skipped.
 */
export function testWith(...programs: Program[]): Declare & {serial: Declare} {
	const missing = programs.filter(program => findProgram(program) === undefined);
	const through =
		(declare: typeof test | typeof test.serial): Declare =>
		(title, implementation) => {
			if (missing.length === 0) {
				declare(title, implementation);
			} else if (process.env['REQUIRE_TOOLS'] === '1') {
				declare(title, t => t.fail(`Not installed: ${missing.map(program => `${program} (${installing(program)})`).join(', ')}`));
			} else {
				declare.skip(title, implementation);
				tell(missing);
			}
		};

	return Object.assign(through(test), {serial: through(test.serial)});
}

function tell(missing: readonly Program[]): void {
	const file = process.env['SKIPPED_TESTS'];
	if (file !== undefined) {
		appendFileSync(file, `${JSON.stringify(missing.map(program => ({program, install: installing(program)})))}\n`);
	}
}
