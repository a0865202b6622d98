// Every tape is played by the real command in a real pseudo-terminal against an appliance of its own; its pictures are
// snapshots. What the appliance is like before, and what must be true after, stands here beside the tape's name.
import {copyFile, readdir, readFile, rename, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {tryPassword} from '../../src/appliance/users/lockout.js';
import {newPrivateKey, publicLineOf} from '../../src/ssh-keys/openssh-key.js';
import {saveRequest} from '../../src/appliance/requests.js';
import {keepOutcome} from '../../src/installation/outcome.js';
import {initialTrust} from '../../src/registration/trust.js';
import {packageRoot} from '../../src/services/package-root.js';
import {makeAppliance, playTape, putIncoming, steady, tanos, type Appliance, type Transport} from '../helpers/appliance.js';
import {fingerprint, issue, makeCa, opensslIn, presented, type Issued} from '../helpers/enterprise-ca.js';

type Play = {
	/** Makes the appliance ready; the console is not open yet. */
	before?: (appliance: Appliance) => Promise<void>;
	/** Which certificate must be served afterwards: the one of the desk, the one of the lab CA, or the one from before. */
	serves: 'new' | 'lab' | 'old';
	exitCode?: number;
	/** What an installation leaves in /incoming: nothing, unless something there was not part of the pair. */
	leaves?: string[];
	/** How the console is reached; over SSH nobody signs in at the console. */
	transports?: readonly Transport[];
};


const uploaded = (issued?: Issued, spoil?: (workFolder: string) => Promise<unknown>, files?: string[]) => async (appliance: Appliance) => {
	await makeCa(appliance.workFolder);
	await issue(appliance.workFolder, issued);
	await spoil?.(appliance.workFolder);
	await putIncoming(appliance, appliance.workFolder, files);
};

/** As openssl takes a day: `20260131`. */
const inTenDays = () => new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

const drill = (kind: string) => async (appliance: Appliance) => {
	await uploaded()(appliance);
	await tanos(['appliance', 'drill', kind, '--root', appliance.root]);
};

/** Strangers have locked tanuser over the network. */
async function lockedUser({layout}: Appliance): Promise<void> {
	for (const password of ['one', 'two', 'three']) {
		await tryPassword(layout, {user: 'tanuser', password, roles: ['tanuser'], from: '192.0.2.1', now: new Date()});
	}
}

const plays: Record<string, Play & {tape?: string}> = {
	'main-job': {before: uploaded(), serves: 'new'},
	'no-to-proceed': {before: uploaded(), serves: 'old'},
	'no-to-backup': {before: uploaded(), serves: 'old'},
	'no-to-registration': {before: uploaded(), serves: 'new'},
	'give-up': {before: uploaded(), serves: 'new'},
	'wrong-console-password': {before: uploaded(), serves: 'new'},
	'already-installed': {
		async before({layout, workFolder}) {
			await opensslIn(workFolder, `x509 -in ${layout.soapCertificate} -out ${layout.incoming}/SOAPServer.crt`);
			await opensslIn(workFolder, `pkey -in ${layout.soapKey} -out ${layout.incoming}/SOAPServer.key`);
		},
		serves: 'old',
	},
	'refused: nothing is uploaded': {tape: 'refused', serves: 'old'},
	'refused: a stranger\'s key': {tape: 'refused', before: uploaded({}, async workFolder => opensslIn(workFolder, 'genrsa -out SOAPServer.key 2048')), serves: 'old'},
	'declined: a passphrase on the key': {tape: 'convert-declined', before: uploaded({}, async workFolder => {
			await opensslIn(workFolder, 'pkey -in SOAPServer.key -aes256 -passout pass:secret -out locked.key');
			await opensslIn(workFolder, 'rsa -in locked.key -passin pass:secret -aes256 -passout pass:secret -out SOAPServer.key');
		}), serves: 'old'},
	'refused: expired': {tape: 'refused', before: uploaded({days: ['20240101', '20250101']}), serves: 'old'},
	'refused: another host': {tape: 'refused', before: uploaded({names: ['other.example.com']}), serves: 'old'},
	'declined: the files are swapped': {
		tape: 'convert-declined',
		before: uploaded({}, async workFolder => {
			await opensslIn(workFolder, 'pkey -in SOAPServer.key -out key.pem');
			await opensslIn(workFolder, 'x509 -in SOAPServer.crt -out SOAPServer.key');
			await opensslIn(workFolder, 'pkey -in key.pem -out SOAPServer.crt');
		}),
		serves: 'old',
	},
	'rolled-back: it does not start': {tape: 'rolled-back', before: drill('fails-to-start'), serves: 'old'},
	'rolled-back: it dies after its start': {tape: 'rolled-back', before: drill('dies-after-start'), serves: 'old'},
	'after-interruption': {
		async before({layout}) {
			await keepOutcome(layout, ['Not installed. The old pair is in place again, and the Tanium Server serves it, proven over TLS.', 'Why: The installation was interrupted.']);
		},
		serves: 'old',
	},
	'request-and-lab': {serves: 'lab'},
	'convert-bundle': {
		before: uploaded({}, async workFolder => {
			await opensslIn(workFolder, 'pkcs12 -export -legacy -in SOAPServer.crt -inkey SOAPServer.key -passout pass:Sekret-1 -out server.pfx');
		}, ['server.pfx']),
		serves: 'new',
	},
	'convert-refused': {
		before: uploaded({}, async workFolder => {
			await opensslIn(workFolder, 'pkey -in SOAPServer.key -aes256 -passout pass:Sekret-1 -out locked.key');
			await rename(path.join(workFolder, 'locked.key'), path.join(workFolder, 'SOAPServer.key'));
		}),
		serves: 'old',
	},
	'known-key': {async before(appliance) {
		await uploaded({}, async workFolder => {
			const read = async (name: string) => readFile(path.join(workFolder, name));
			const request = {request: (await read('SOAPServer.csr')).toString(), key: await read('SOAPServer.key')};
			await saveRequest(appliance.layout, appliance.name, request, new Date());
			await opensslIn(workFolder, 'genrsa -out SOAPServer.key 2048');
		})(appliance);
	}, serves: 'new', leaves: ['SOAPServer.key']},
	'expires-soon': {
		async before({layout, workFolder, root}) {
			await makeCa(workFolder);
			await issue(workFolder, {days: ['20260101', inTenDays()]});
			await copyFile(path.join(workFolder, 'SOAPServer.crt'), layout.soapCertificate);
			await copyFile(path.join(workFolder, 'SOAPServer.key'), layout.soapKey);
			await initialTrust(layout);
			await tanos(['appliance', 'stop', '--root', root]);
			await tanos(['appliance', 'start', '--root', root]);
		},
		serves: 'new',
	},
	users: {before: lockedUser, serves: 'old'},
	keys: {
		async before({layout}) {
			await writeFile(path.join(layout.incoming, 'laptop.pub'), publicLineOf(await newPrivateKey(''), 'me@laptop')!);
		},
		serves: 'old',
	},
	'copy-keys': {serves: 'old', transports: ['local']}, // Over SSH, tanadmin has come in by a key.
	'private-key': {serves: 'old'},
	banner: {
		async before({layout}) {
			await writeFile(path.join(layout.incoming, 'banner_ssh.txt'), 'Authorized use only.\r\nEverything is recorded.\r\n');
		},
		serves: 'old',
	},
	'security-policy': {serves: 'old'},
	navigation: {serves: 'old'},
	services: {serves: 'old'},
	documents: {serves: 'old'},
	password: {serves: 'old'},
	'sign-in-refused': {serves: 'old', exitCode: 1, transports: ['local']},
	tanuser: {serves: 'old'},
};

for (const [name, {tape = name, transports = ['local', 'ssh'], ...rest}] of Object.entries(plays)) {
	test.serial(name, async t => {
		const frames = await perform(t, {tape, ...rest}, 'local');
		for (const [shot, screen] of Object.entries(frames)) {
			t.snapshot(screen, shot);
		}

		if (transports.includes('ssh')) {
			t.deepEqual(await perform(t, {tape, ...rest}, 'ssh'), frames, 'the same frames over SSH');
		}
	});
}

/** Plays a tape against a new appliance, looks at what is served afterwards, and resolves with the frames by their names. */
async function perform(t: ExecutionContext, {tape, before, serves, exitCode = 0, leaves = []}: Play & {tape: string}, transport: Transport): Promise<Record<string, string>> {
	const appliance = await makeAppliance(t);
	const old = await installed(appliance);
	await before?.(appliance);
	const playback = await playTape(appliance, tape, {transport});
	t.is(playback.exitCode, exitCode, transport);
	await mustServe(t, appliance, serves === 'old' ? old : await fingerprint(appliance.workFolder, serves === 'new' ? 'SOAPServer.crt' : await labCertificate(appliance)));
	if (serves !== 'old') {
		t.deepEqual(await readdir(appliance.layout.incoming), leaves);
	}

	return Object.fromEntries(playback.screenshots.map(({name, screen}) => [name, steady(screen, appliance)]));
}

test('every tape is played', async t => {
	const files = await readdir(path.join(packageRoot(), 'test', 'tapes'));
	const played = new Set(Object.entries(plays).map(([name, {tape = name}]) => `${tape}.tape`));
	t.deepEqual(files.filter(file => file.endsWith('.tape')).toSorted(), [...played].toSorted());
});

async function labCertificate({layout: {outgoing}}: Appliance): Promise<string> {
	return path.join(outgoing, (await readdir(outgoing)).find(name => name.endsWith('-lab.crt'))!);
}

async function installed({layout, workFolder}: Appliance): Promise<string> {
	return fingerprint(workFolder, layout.soapCertificate);
}

/** As openssl sees it: this certificate is served, the installed files are it, and no secret is in the audit log. */
async function mustServe(t: ExecutionContext, appliance: Appliance, expected: string): Promise<void> {
	const {layout, workFolder, ports, passwords} = appliance;
	t.is(await installed(appliance), expected);
	t.is((await presented(workFolder, ports.console, layout.soapCertificate)).fingerprint, expected);
	const log = await readFile(layout.audit, 'utf8');
	t.false(Object.values(passwords).some(password => log.includes(password)) || log.includes('PRIVATE KEY'));
}
