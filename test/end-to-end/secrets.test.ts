// The whole job, by `tanos replace` and by keys with a bundle, recorded on both sides: no file that comes of it has a secret.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {packageRoot} from '../../src/services/package-root.js';
import {parseTape} from '../../src/replay/tape.js';
import {play} from '../../src/replay/play.js';
import {makeAppliance, overSsh, putIncoming, tanos, type Appliance} from '../helpers/appliance.js';
import {orderPair} from '../helpers/authority.js';
import {opensslIn} from '../helpers/enterprise-ca.js';
import {testWith} from '../helpers/test-with.js';
import {deskFor} from '../replace/desk.js';

const passphrases = ['Sekret-1', 'wrong-Sekret'];

/** The files below a folder, as paths from it. */
async function filesIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	return entries.filter(entry => entry.isFile()).map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** The output of a recording in one piece: a secret may be in several events. */
function shownIn(recording: string): string {
	const [, ...lines] = recording.trimEnd().split('\n');
	return lines.map(line => (JSON.parse(line) as [number, string, string])[2]).join('');
}

/** Where each secret is, as `FILE: NAME`. */
async function found(folder: string, secrets: Record<string, string>): Promise<string[]> {
	const files = await Promise.all(
		(await filesIn(folder)).map(async file => {
			const written = await readFile(path.join(folder, file), 'latin1');
			const text = `${written}${file.endsWith('.cast') ? shownIn(written) : ''}`;
			return Object.entries(secrets)
				.filter(([, secret]) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '')))
				.map(([name]) => `${file}: ${name}`);
		}),
	);
	return files.flat().toSorted();
}

/** The lines of the key of the pair, by their numbers. */
async function linesOfKey(folder: string, which: string): Promise<Record<string, string>> {
	const lines = (await readFile(path.join(folder, 'SOAPServer.key'), 'utf8'))
		.split('\n')
		.filter(line => line.length > 30 && !line.startsWith('-----'));
	return Object.fromEntries(lines.map((line, number) => [`line ${number + 1} of the ${which} key`, line]));
}

/** Replays the conversion of a bundle over SSH, whose first screen tells of the recording. */
async function convertBundle(appliance: Appliance): Promise<void> {
	const text = await readFile(path.join(packageRoot(), 'test', 'tapes', 'convert-bundle.tape'), 'utf8');
	const tape = text
		.replace(/^Type "tanadmin".*\n.*$/m, 'Wait+Screen /This session is recorded/\nEnter')
		.replace('Type "wrong"', `Type "${passphrases[1]}"`);
	await play(parseTape(tape, 'convert-bundle.tape'), {
		...(await overSsh(appliance, 'tanadmin')),
		cast: path.join(appliance.workFolder, 'bundle.cast'),
	});
}

testWith('openssl', 'ssh')('no recording, report or log of the whole job has a secret', async t => {
	const appliance = await makeAppliance(t);
	const {root, workFolder, passwords, layout} = appliance;
	await tanos(['appliance', 'start', '--root', root]);
	const set = await tanos(['security', 'set', 'record_sessions', '1', '--root', root]);
	t.is(set.exitCode, 0, set.stderr);
	const desk = await deskFor(appliance);
	const firstKey = await linesOfKey(workFolder, 'first');
	const {exitCode, stdout, stderr} = await desk.replace(['--keep-key']);
	t.is(exitCode, 0, stdout + stderr);
	await orderPair(workFolder);
	await opensslIn(workFolder, 'pkcs12 -export -legacy -in SOAPServer.crt -inkey SOAPServer.key -passout pass:Sekret-1 -out server.pfx');
	await putIncoming(appliance, workFolder, ['server.pfx']);
	await convertBundle(appliance);

	const recordings = (await readdir(layout.recordings)).length;
	t.true(recordings >= 2, `${recordings} recordings`);
	const others = Object.fromEntries(passphrases.map(passphrase => [passphrase, passphrase]));
	const secrets = {...passwords, ...others, ...firstKey, ...(await linesOfKey(workFolder, 'second'))};
	const places = await found(workFolder, secrets);
	const own = /^(?:\w+\.txt|SOAPServer\.key|appliance\/(?:opt|home\/tancopy\/outgoing|var\/lib\/tanos\/backups)\/\S+\.key): /;
	const isOwn = (place: string) => own.test(place);
	t.true(
		places.some(place => isOwn(place)),
		'the scan finds the secrets where they belong',
	);
	t.deepEqual(
		places.filter(place => !isOwn(place)),
		[],
	);
});
