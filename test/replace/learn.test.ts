// `tanos replace --learn` on a console whose words differ: somebody at a terminal says which screen it is, and the profile that is
// written makes the job work.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {play} from '../../src/replay/play.js';
import {parseTape} from '../../src/replay/tape.js';
import {makeAppliance, tanos, tanosFile} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';
import {serveAltered} from './altered.js';
import {deskFor, presentedTo} from './desk.js';

const testWithOpenssl = testWith('openssl');

const tape = `Set ReadyMark false
Set WaitTimeout 60s
Wait+Screen /Number, or Enter for none of them:/
Type "1" Enter
Wait+Screen /The profile of this console/
Wait+Exit
`;

testWithOpenssl('a console with other words is learned, and then the job works with the written profile', async t => {
	const appliance = await makeAppliance(t);
	await tanos(['appliance', 'start', '--root', appliance.root]);
	const desk = await deskFor(appliance);
	const before = await presentedTo(appliance.ports.console);
	const port = await serveAltered(t, appliance, text => text.replaceAll('Proceed with the installation?', 'Go on with 2 files?'));
	t.is((await desk.replace([], {port})).host.outcome, 'stopped');
	const learned = path.join(desk.folder, 'learned');
	const {exitCode, lastScreen} = await play(parseTape(tape, 'learn.tape'), {
		command: process.execPath,
		arguments: [tanosFile, 'replace', '--learn', `127.0.0.1:${port}`, ...accessOf(desk), '--report', learned],
		rows: 200,
		columns: 120,
		environment: {SSH_AUTH_SOCK: ''},
	});
	t.is(exitCode, 0, lastScreen);
	t.regex(lastScreen, /\[YES\/NO\]: NO/);
	t.is(await presentedTo(appliance.ports.console), before);
	const profile = path.join(learned, 'profile.json');
	const {screens} = JSON.parse(await readFile(profile, 'utf8')) as {screens: {proceed: {line: string}}};
	t.is(screens.proceed.line, String.raw`^\s+Go\s+on\s+with\s+\d+\s+files\?\s+\[YES\/NO\]:\s+_$`);
	const {exitCode: done, host, stdout} = await desk.replace(['--profile', profile], {port});
	t.is(done, 0, stdout);
	t.is(host.outcome, 'replaced');
	t.is(await presentedTo(appliance.ports.console), await desk.fingerprint());
});

testWithOpenssl('without anybody to ask, an unknown screen is not learned', async t => {
	const appliance = await makeAppliance(t);
	const desk = await deskFor(appliance);
	const port = await serveAltered(t, appliance, text => text.replaceAll('Main Menu', 'Start'));
	await desk.replace(['--dry-run'], {port});
	const {exitCode, stderr} = await tanos(
		['replace', '--learn', `127.0.0.1:${port}`, ...accessOf(desk), '--report', path.join(desk.folder, 'learned')],
		{
			env: {SSH_AUTH_SOCK: ''},
		},
	);
	t.is(exitCode, 1);
	t.regex(stderr, /None of the expected screens is shown\. Nothing was changed\./);
	t.regex(stderr, /Start /);
});

/** The options with which a desk reaches the console of its appliance. */
function accessOf({folder}: {folder: string}): string[] {
	return ['--known-hosts', path.join(folder, 'known_hosts'), '-F', 'none', '--password-file', path.join(folder, 'tanadmin.txt')];
}
