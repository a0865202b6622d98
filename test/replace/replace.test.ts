// `tanos replace` against appliances that are served by this project's own SSH server. openssl judges what is served.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {makeAppliance, tanos, type Appliance} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';
import {deskFor, presentedTo} from './desk.js';

const testWithOpenssl = testWith('openssl');

async function started(t: Parameters<typeof makeAppliance>[0], words: readonly string[] = []): Promise<Appliance> {
	const appliance = await makeAppliance(t, words);
	await tanos(['appliance', 'start', '--root', appliance.root]);
	return appliance;
}

function secretsOf({passwords}: Appliance, key: string): string[] {
	return [...Object.values(passwords), ...key.split('\n').filter(line => line.length > 30)];
}

testWithOpenssl('replaces the pair of an appliance, proves it, and leaves a report without secrets', async t => {
	const appliance = await started(t);
	const desk = await deskFor(appliance);
	const before = await presentedTo(appliance.ports.console);
	const key = await readFile(path.join(desk.folder, 'SOAPServer.key'), 'utf8');
	const {exitCode, stdout, stderr, host, markdown, cast, everything} = await desk.replace(['--delete-key']);
	t.is(exitCode, 0, stdout + stderr);
	t.is(host.outcome, 'replaced');
	const after = await presentedTo(appliance.ports.console);
	t.not(after, before);
	t.is(after, await desk.fingerprint());
	t.deepEqual(
		host.screens.map(({id, typed}) => [id, typed]),
		[
			['main-menu', '2'],
			['operations-menu', '4'],
			['proceed', 'YES'],
			['backup', 'Y'],
			['register', 'yes'],
			['console-password', '<console-password>'],
			['registered', ''],
			['leave-operations', 'Z'],
		],
	);
	t.true(markdown.includes(before) && markdown.includes(after));
	t.like(JSON.parse(cast.split('\n')[0]!), {version: 2, width: 100, height: 48});
	for (const secret of secretsOf(appliance, key)) {
		t.false(everything.includes(secret));
	}

	await t.throwsAsync(readFile(path.join(desk.folder, 'SOAPServer.key')), {code: 'ENOENT'});
});

testWithOpenssl('an appliance that serves the pair already is left alone', async t => {
	const appliance = await started(t);
	const desk = await deskFor(appliance);
	t.is((await desk.replace()).exitCode, 0);
	const {exitCode, host} = await desk.replace();
	t.is(exitCode, 0);
	t.is(host.outcome, 'already-served');
	t.deepEqual(host.screens, []);
});

testWithOpenssl('a dry run tries both accounts and changes nothing', async t => {
	const appliance = await started(t);
	const desk = await deskFor(appliance);
	const before = await presentedTo(appliance.ports.console);
	const {exitCode, stdout, host} = await desk.replace(['--dry-run']);
	t.is(exitCode, 0, stdout);
	t.is(host.outcome, 'dry-run');
	t.regex(stdout, /Signed in as tancopy/);
	t.regex(stdout, /Signed in as tanadmin/);
	t.is(await presentedTo(appliance.ports.console), before);
});

testWithOpenssl('a pair that does not belong together is refused before anything is sent', async t => {
	const appliance = await started(t);
	const desk = await deskFor(appliance);
	const other = await deskFor({...appliance, workFolder: appliance.layout.outgoing});
	await writeFile(path.join(desk.folder, 'SOAPServer.key'), await readFile(path.join(other.folder, 'SOAPServer.key')));
	const {exitCode, stdout} = await desk.replace();
	t.is(exitCode, 1);
	t.regex(stdout, /cannot be installed/);
	t.regex(stdout, /Nothing was changed/);
});

testWithOpenssl('a wrong password of the Tanium Console leaves the pair served and says that nothing is registered', async t => {
	const appliance = await started(t);
	const desk = await deskFor(appliance);
	await writeFile(path.join(desk.folder, 'tanium.txt'), 'Wrong-password-1\n');
	const {exitCode, host, everything} = await desk.replace();
	t.is(exitCode, 3);
	t.is(host.outcome, 'unregistered');
	t.is(await presentedTo(appliance.ports.console), await desk.fingerprint());
	t.false(everything.includes('Wrong-password-1'));
});

testWithOpenssl('an appliance that rolls back ends with the old certificate, and says so', async t => {
	const appliance = await started(t);
	const desk = await deskFor(appliance);
	const before = await presentedTo(appliance.ports.console);
	await tanos(['appliance', 'drill', 'fails-to-start', '--root', appliance.root]);
	const {exitCode, stdout, host} = await desk.replace();
	t.is(exitCode, 1, stdout);
	t.is(host.outcome, 'undone');
	t.is(await presentedTo(appliance.ports.console), before);
});

testWithOpenssl('a console that another server answers for is not taken for replaced', async t => {
	const [appliance, other] = [await started(t), await started(t)];
	const desk = await deskFor(appliance);
	const {exitCode, host, stdout} = await desk.replace(['--profile', await quickProfile(desk.folder)], {
		console: `127.0.0.1:${other.ports.console}`,
	});
	t.is(exitCode, 3, stdout);
	t.is(host.outcome, 'not-proven');
	t.is(host.problem!.code, 'not-served');
});

/** The profile of this product, with little patience for a certificate that is not served. */
async function quickProfile(folder: string): Promise<string> {
	const file = path.join(folder, 'quick.json');
	const profile = JSON.parse(await readFile('profiles/tanos-console.json', 'utf8')) as {servedSeconds: number};
	await writeFile(file, JSON.stringify({...profile, servedSeconds: 1}));
	return file;
}
