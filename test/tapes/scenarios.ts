// What the appliance is like before each tape, and what must be true after it.
import {createPublicKey, X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {copyFile, readFile, writeFile} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import {request} from 'node:https';
import path from 'node:path';
import {makeRequest} from '../../src/certificates/issuance/request.js';
import {subjectOf} from '../../src/certificates/issuance/subject.js';
import {tryPassword} from '../../src/appliance/users/lockout.js';
import {newPrivateKey, publicLineOf} from '../../src/ssh-keys/openssh-key.js';
import {savedRequests, saveRequest} from '../../src/appliance/requests.js';
import {keepOutcome} from '../../src/installation/outcome.js';
import {readIdentity} from '../../src/appliance/identity.js';
import {initialTrust} from '../../src/registration/trust.js';
import type {ExecutionContext} from 'ava';
import {makeArray} from '../helpers/array.js';
import {putIncoming, tanos, type Appliance, type Transport} from '../helpers/appliance.js';
import {keyIn, newKey, orderCertificate, orderPair, type AttributeChanges} from '../helpers/authority.js';
import {opensslIn} from '../helpers/enterprise-ca.js';
import type {Program} from '../helpers/programs.js';
import {pkcs8} from '../certificates/fixtures/keys.js';

export type Scenario = {
	/** The first of the appliances that the tape is played on; by default one that is in no array. */
	make?: (t: ExecutionContext) => Promise<Appliance>;
	/** Makes the appliance ready; the console is not open yet. */
	before?: (appliance: Appliance) => Promise<void>;
	/** Which certificate must be served afterwards: the one of the desk, the one of the lab CA, or the one from before. */
	serves: 'new' | 'lab' | 'old';
	exitCode?: number;
	/** What an installation leaves in /incoming: nothing, unless something there was not part of the pair. */
	leaves?: string[];
	/** How the console is reached; over SSH nobody signs in at the console. */
	transports?: readonly Transport[];
	/** Programs that `before` uses. */
	needs?: Program[];
	/** What happens elsewhere while the tape is played, each as soon as the picture of this name is taken. */
	meanwhile?: Record<string, (appliance: Appliance) => Promise<unknown>>;
	/** What the terminal's clipboard must hold in the end; else nothing may be put there. */
	copies?: (appliance: Appliance) => Promise<string>;
};

const uploaded =
	(wishes?: AttributeChanges, spoil?: (workFolder: string) => Promise<unknown>, files?: string[]) => async (appliance: Appliance) => {
		await orderPair(appliance.workFolder, wishes);
		await spoil?.(appliance.workFolder);
		await putIncoming(appliance, appliance.workFolder, files);
	};

/** The midnight that begins the tenth day from now. */
const inTenDays = () => new Date(`${new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`);

const certificateIn = async (file: string) => new X509Certificate(await readFile(file));

async function strangersKey(workFolder: string): Promise<void> {
	await writeFile(path.join(workFolder, 'SOAPServer.key'), pkcs8((await newKey()).privateKey));
}

async function lockKey(workFolder: string, passphrase: string): Promise<void> {
	const file = path.join(workFolder, 'SOAPServer.key');
	await writeFile(file, (await keyIn(file)).export({type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase}));
}

async function swapFiles(workFolder: string): Promise<void> {
	const [certificate, key] = [path.join(workFolder, 'SOAPServer.crt'), path.join(workFolder, 'SOAPServer.key')];
	const [soap, soapKey] = [await certificateIn(certificate), await keyIn(key)];
	await writeFile(key, soap.toString());
	await writeFile(certificate, pkcs8(soapKey));
}

/** A pair was installed, and the Module Server registered. */
async function changed(appliance: Appliance): Promise<void> {
	await uploaded()(appliance);
	await tanos(['soap', 'install', '--root', appliance.root], {input: 'yes\n'});
	await tanos(['soap', 'register', '--root', appliance.root], {input: `${appliance.passwords.tanium}\n`});
}

const drill = (kind: string) => async (appliance: Appliance) => {
	await uploaded()(appliance);
	await tanos(['appliance', 'drill', kind, '--root', appliance.root]);
};

/** Unknown clients have locked tanuser over the network. */
async function lockedUser({layout}: Appliance): Promise<void> {
	for (const password of ['one', 'two', 'three']) {
		await tryPassword(layout, {user: 'tanuser', password, roles: ['tanuser'], from: '192.0.2.1', now: new Date()});
	}
}

/** A client of the Tanium Server signs in with a wrong password. */
async function wrongSignIn({layout, ports}: Appliance): Promise<void> {
	const ca = await readFile(layout.soapCertificate);
	const path = '/api/v2/session/login';
	const asked = request({host: 'localhost', port: ports.console, method: 'POST', path, ca, agent: false, family: 4});
	asked.end(JSON.stringify({username: 'tanium', password: 'wrong'}));
	const [response] = (await once(asked, 'response')) as [IncomingMessage];
	response.resume();
}

/** The only saved request, as PEM. */
async function requestIn({layout}: Appliance): Promise<string> {
	const [saved] = await savedRequests(layout);
	return saved!.request.toString();
}

/** By the name of the test, which is the tape's unless another is named. */
export const scenarios: Record<string, Scenario & {tape?: string}> = {
	'main-job': {before: uploaded(), serves: 'new'},
	'no-to-proceed': {before: uploaded(), serves: 'old'},
	'no-to-backup': {before: uploaded(), serves: 'old'},
	'no-to-registration': {before: uploaded(), serves: 'new'},
	'give-up': {before: uploaded(), serves: 'new'},
	'wrong-console-password': {before: uploaded(), serves: 'new'},
	'already-installed': {
		async before({layout}) {
			await writeFile(path.join(layout.incoming, 'SOAPServer.crt'), (await certificateIn(layout.soapCertificate)).toString());
			await writeFile(path.join(layout.incoming, 'SOAPServer.key'), pkcs8(await keyIn(layout.soapKey)), {mode: 0o600});
		},
		serves: 'old',
	},
	'refused: nothing is uploaded': {tape: 'refused', serves: 'old'},
	"refused: a stranger's key": {tape: 'refused', before: uploaded({}, strangersKey), serves: 'old'},
	'declined: a passphrase on the key': {
		tape: 'convert-declined',
		before: uploaded({}, async workFolder => lockKey(workFolder, 'secret')),
		serves: 'old',
	},
	'refused: expired': {tape: 'refused', before: uploaded({valid: [new Date('2024-01-01'), new Date('2025-01-01')]}), serves: 'old'},
	'refused: another host': {tape: 'refused', before: uploaded({names: ['other.example.com']}), serves: 'old'},
	'declined: the files are swapped': {tape: 'convert-declined', before: uploaded({}, swapFiles), serves: 'old'},
	'rolled-back: it does not start': {tape: 'rolled-back', before: drill('fails-to-start'), serves: 'old'},
	'rolled-back: it dies after its start': {tape: 'rolled-back', before: drill('dies-after-start'), serves: 'old'},
	'after-interruption': {
		async before({layout}) {
			await keepOutcome(layout, [
				'Not installed. The old pair is in place again, and the Tanium Server serves it, proven over TLS.',
				'Why: The installation was interrupted.',
			]);
		},
		serves: 'old',
	},
	'request-and-lab': {serves: 'lab'},
	history: {before: changed, serves: 'new'},
	restore: {before: changed, serves: 'old'},
	'convert-bundle': {
		before: uploaded(
			{},
			async workFolder => {
				await opensslIn(
					workFolder,
					'pkcs12 -export -legacy -in SOAPServer.crt -inkey SOAPServer.key -passout pass:Sekret-1 -out server.pfx',
				);
			},
			['server.pfx'],
		),
		needs: ['openssl'], // Nothing else makes a bundle with the ciphers that Windows used to take.
		serves: 'new',
	},
	'convert-refused': {before: uploaded({}, async workFolder => lockKey(workFolder, 'Sekret-1')), serves: 'old'},
	'known-key': {
		async before(appliance) {
			const made = await makeRequest(subjectOf(['ts1.example.com', 'localhost']), {days: 1});
			await orderCertificate(appliance.workFolder, createPublicKey(made.key));
			await saveRequest(appliance.layout, appliance.name, made, new Date());
			await strangersKey(appliance.workFolder);
			await putIncoming(appliance, appliance.workFolder);
		},
		serves: 'new',
		leaves: ['SOAPServer.key'],
	},
	'expires-soon': {
		async before({layout, workFolder, root}) {
			await orderPair(workFolder, {valid: [new Date('2026-01-01'), inTenDays()]});
			await copyFile(path.join(workFolder, 'SOAPServer.crt'), layout.soapCertificate);
			await copyFile(path.join(workFolder, 'SOAPServer.key'), layout.soapKey);
			const member = {layout, identity: await readIdentity(layout)};
			await initialTrust(member, member);
			await tanos(['appliance', 'stop', '--root', root]);
			await tanos(['appliance', 'start', '--root', root]);
		},
		serves: 'new',
	},
	'roll-out': {
		make: async t => (await makeArray(t)).ts1,
		before: uploaded({names: ['ts1.example.com', 'ts2.example.com', 'localhost']}),
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
	'backup-key': {serves: 'old'},
	'security-policy': {serves: 'old'},
	navigation: {serves: 'old'},
	services: {serves: 'old'},
	'follow-log': {meanwhile: {following: wrongSignIn}, serves: 'old'},
	'search-log': {before: lockedUser, serves: 'old'},
	'request-pem': {
		async before({root}) {
			await tanos(['soap', 'request', 'ts1.example.com,localhost', '--root', root]);
		},
		copies: requestIn,
		serves: 'old',
	},
	documents: {serves: 'old'},
	password: {serves: 'old'},
	'sign-in-refused': {serves: 'old', exitCode: 1, transports: ['local']},
	tanuser: {serves: 'old'},
};
