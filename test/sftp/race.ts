import {spawn} from 'node:child_process';
import {once} from 'node:events';
import type {ExecutionContext} from 'ava';

/** Swaps `folder` for `link`, both in /incoming, again and again until the test ends, in a process of its own. */
export async function swapFolder(t: ExecutionContext, incoming: string): Promise<void> {
	const pairs = [
		['folder', 'away'],
		['link', 'folder'],
		['folder', 'link'],
		['away', 'folder'],
	];
	const swaps = pairs.map(([from, to]) => `fs.renameSync('${from}', '${to}')`).join(';');
	const race = spawn(process.execPath, ['-e', `console.log('racing'); for (;;) {${swaps}}`], {
		cwd: incoming,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const over = once(race, 'exit');
	t.teardown(async () => {
		race.kill('SIGKILL');
		await over;
	});
	await once(race.stdout, 'data');
}
