// A throw-away appliance in a temporary folder: real files, free ports, and services that end with the test.
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import type {Socket} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {writeAccounts} from '../../src/appliance/users/accounts.js';
import {type Identity, writeIdentity} from '../../src/appliance/identity.js';
import {type Layout, layoutOf} from '../../src/appliance/layout.js';
import {hashPassword} from '../../src/appliance/users/passwords.js';
import {certificatesIn, fingerprintOf} from '../../src/certificates/parse/pem.js';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import {initialTrust} from '../../src/registration/trust.js';
import {processServices} from '../../src/services/processes.js';
import {serviceNames, type Services} from '../../src/services/service.js';
import {freePorts} from './ports.js';

export const sandboxName = 'ts1.example.com';
export const consoleAdmin = {username: 'administrator', password: 'Console-Admin-1'};
export const consoleUser = {username: 'reader', password: 'Console-Reader-1'};

export type Sandbox = {layout: Layout; identity: Identity; services: Services};

/** An empty folder that is removed after the test. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

/** Makes the folders, identity, accounts, both pairs and both trust files of an appliance; starts nothing. */
export async function makeSandbox(t: ExecutionContext): Promise<Sandbox> {
	const layout = layoutOf(await temporaryFolder(t));
	const folders = [layout.taniumServer, layout.moduleServer, layout.settings, layout.run, layout.incoming, layout.outgoing];
	await Promise.all(folders.map(async folder => mkdir(folder, {recursive: true})));
	const [console = 0, moduleServer = 0, ssh = 0, patch = 0] = await freePorts(4);
	const identity: Identity = {
		name: sandboxName,
		serial: 'TEST-0001',
		role: 'all-in-one',
		world: 'sandbox',
		address: '127.0.0.1',
		ports: {console, moduleServer, ssh, patch},
		settle: 700,
	};
	await writeIdentity(layout, identity);
	await writeAccounts(layout.consoleAccounts, {
		[consoleAdmin.username]: {role: 'console-admin', password: await hashPassword(consoleAdmin.password), authorizedKeys: []},
		[consoleUser.username]: {role: 'tanuser', password: await hashPassword(consoleUser.password), authorizedKeys: []},
	});
	await Promise.all([installPair(layout), installModuleServerPair(layout)]);
	const member = {layout, identity};
	await initialTrust(member, member);
	const services = processServices(layout, 'all-in-one');
	t.teardown(async () => Promise.all(serviceNames.map(async name => services.stop(name))));
	return {layout, identity, services};
}

/** A sandbox whose three services run. */
export async function startSandbox(t: ExecutionContext): Promise<Sandbox> {
	const sandbox = await makeSandbox(t);
	for (const name of serviceNames) {
		await sandbox.services.start(name);
	}

	return sandbox;
}

/** Puts a new self-signed SOAPServer pair in place, as files only. */
export async function installPair(layout: Layout): Promise<void> {
	await writePair(layout.soapCertificate, layout.soapKey);
}

/** Puts a new self-signed ssl.crt and ssl.key in place, as files only. */
export async function installModuleServerPair(layout: Layout): Promise<void> {
	await writePair(layout.moduleServerCertificate, layout.moduleServerKey);
}

/** A new self-signed pair in these two files. */
export async function writePair(certificateFile: string, keyFile: string): Promise<void> {
	const {certificate, key} = await selfSignedPair({hostnames: [sandboxName, 'localhost', '127.0.0.1'], days: 365});
	await writeFile(certificateFile, certificate, {mode: 0o644});
	await writeFile(keyFile, key, {mode: 0o600});
}

/** Resolves when a connection has ended, in whichever way. (`once` would reject for a reset.) */
export async function ended(socket: Socket): Promise<void> {
	const {promise, resolve} = Promise.withResolvers<void>();
	socket
		.on('error', () => undefined)
		.once('close', () => {
			resolve();
		})
		.resume();
	await promise;
}

/** The SHA-256 fingerprint of a file's first certificate. */
export async function fingerprintIn(file: string): Promise<string> {
	return fingerprintOf(await leafOf(file));
}

/** The first certificate of a file, as DER. */
export async function leafOf(file: string): Promise<Buffer> {
	const [leaf] = certificatesIn(await readFile(file));
	if (!leaf) {
		throw new Error(`${file} holds no certificate`);
	}

	return leaf;
}
