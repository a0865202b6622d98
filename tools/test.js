// Runs ava with the same arguments, and then lists the programs that were missing for the tests that ava skipped.
import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const words = process.argv.slice(2);
const ava = fileURLToPath(new URL('../node_modules/ava/entrypoints/cli.mjs', import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'tanos-tests-'));
const file = path.join(folder, 'skipped');
writeFileSync(file, '');

/** How many tests were skipped, and why. Each line of the text is one test, with the programs that were missing for it. */
function summary(text) {
	const tests = text
		.split('\n')
		.filter(line => line !== '')
		.map(line => JSON.parse(line));
	const programs = new Map(tests.flat().map(({program, install}) => [program, install]));
	const byCommand = Map.groupBy([...programs.keys()].toSorted(), program => programs.get(program));
	const lines = [...byCommand].map(([install, names]) => `  ${names.join(', ')} (${install})\n`);
	// With file names, not all tests of the list may have been asked for.
	const count = words.length === 0 ? `${tests.length} tests are skipped` : 'Tests of these files are skipped';
	return tests.length === 0 ? '' : `\n${count}. These programs are missing:\n${lines.join('')}With REQUIRE_TOOLS=1 they fail instead.\n`;
}

const child = spawn(process.execPath, [ava, ...words], {stdio: 'inherit', env: {...process.env, SKIPPED_TESTS: file}});
process.on('SIGINT', () => undefined); // A terminal also sends it to ava, which ends on it.
process.on('SIGTERM', () => child.kill());
child.on('close', (code, signal) => {
	process.stdout.write(summary(readFileSync(file, 'utf8')));
	rmSync(folder, {recursive: true});
	process.exitCode = signal === null ? code : 1;
});
