// Where the screens of a replay go: a folder that is made, or refused before anything is played.
import {readdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {makeAppliance, tanos} from '../helpers/appliance.js';

test('a missing folder for screenshots is made; one that cannot be made is refused before anything is played', async t => {
	const {root, workFolder} = await makeAppliance(t);
	const [tape, file] = [path.join(workFolder, 'look.tape'), path.join(workFolder, 'file')];
	await writeFile(tape, 'Wait+Screen /Login:/\nScreenshot login\nType "x" Enter\nWait+Screen /Password/\n');
	await writeFile(file, '');
	const {exitCode, stderr} = await tanos(['replay', tape, '--root', root, '--screenshots', path.join(file, 'shots')]);
	t.is(exitCode, 1);
	t.regex(stderr, /The screenshots cannot be written to .*shots\. .*\nName another folder/);
	const shots = path.join(workFolder, 'new', 'shots');
	t.is((await tanos(['replay', tape, '--root', root, '--screenshots', shots])).exitCode, 0);
	t.deepEqual((await readdir(shots)).toSorted(), ['login.svg', 'login.txt']);
});
