// An appliance whose Tanium Server runs, two pairs to install in turn, and what must be true after any ending.
import {createPrivateKey, createPublicKey, X509Certificate} from 'node:crypto';
import {copyFile, mkdir, readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {writeIdentity} from '../../src/appliance/identity.js';
import {fingerprintOf} from '../../src/certificates/pem.js';
import {presentedBy} from '../../src/services/probe.js';
import {makeSandbox, temporaryFolder, writePair, type Sandbox} from '../helpers/sandbox.js';

const faulty = path.join(import.meta.dirname, 'fixtures', 'faulty.js');

export type Rig = Sandbox & {
	/** Two folders, each with a pair; the first is installed. */
	pairs: [string, string];
};

/** Makes the appliance and starts its Tanium Server. */
export async function makeRig(t: ExecutionContext): Promise<Rig> {
	const sandbox = await makeSandbox(t);
	const identity = {...sandbox.identity, settle: 20};
	await writeIdentity(sandbox.layout, identity);
	const folder = await temporaryFolder(t);
	const pairs: [string, string] = [path.join(folder, 'one'), path.join(folder, 'two')];
	for (const pair of pairs) {
		await mkdir(pair);
		await writePair(path.join(pair, 'SOAPServer.crt'), path.join(pair, 'SOAPServer.key'));
	}

	await copyPair(pairs[0], sandbox.layout.taniumServer);
	await sandbox.services.start('taniumserver');
	return {...sandbox, identity, pairs};
}

/** Copies both files of a pair. */
export async function copyPair(from: string, to: string): Promise<void> {
	await copyFile(path.join(from, 'SOAPServer.key'), path.join(to, 'SOAPServer.key'));
	await copyFile(path.join(from, 'SOAPServer.crt'), path.join(to, 'SOAPServer.crt'));
}

/** Uploads the pair that is not installed. Resolves with its folder. */
export async function uploadOther({layout, pairs}: Rig): Promise<string> {
	const installed = await readFile(layout.soapCertificate);
	const first = await readFile(path.join(pairs[0], 'SOAPServer.crt'));
	const other = installed.equals(first) ? pairs[1] : pairs[0];
	await copyPair(other, layout.incoming);
	return other;
}

/** Runs the fixture in a process of its own. `kind` is `killed` when it was. */
export async function runFaulty({layout}: Rig, action: 'install' | 'recover', fault: 'kill' | 'fail' | 'full' | 'none', nth = 0): Promise<{kind: string; changes: number}> {
	const {stdout, signal} = await execa(process.execPath, [faulty, layout.root, action, fault, String(nth)], {reject: false, stderr: 'inherit'});
	return signal === 'SIGKILL' ? {kind: 'killed', changes: nth} : JSON.parse(stdout) as {kind: string; changes: number};
}

/** What must be true when all is over: one whole known pair is in place, it is what is served, and nothing lies about. */
export async function assertValid(t: ExecutionContext, rig: Rig, moment: string): Promise<void> {
	const {layout, identity} = rig;
	const certificate = new X509Certificate(await readFile(layout.soapCertificate));
	const key = createPublicKey(createPrivateKey(await readFile(layout.soapKey)));
	t.true(certificate.publicKey.equals(key), `${moment}: the key in place fits the certificate in place`);
	const [served] = await presentedBy({port: identity.ports.console, servername: identity.name});
	t.is(fingerprintOf(served!), fingerprintOf(certificate.raw), `${moment}: what is in place is served`);
	t.deepEqual((await readdir(layout.taniumServer)).filter(name => name.includes('.new')), [], `${moment}: nothing lies beside the pair`);
	const state = await readdir(layout.state);
	t.false(state.includes('journal.json') || state.includes('staging'), `${moment}: no journal and no staging are left: ${state.join(' ')}`);
}
