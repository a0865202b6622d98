// What must be true when a round is over, by OpenSSL and the file system.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {getThroughOpenssl, openssl} from '../helpers/openssl.js';
import type {Site} from './site.js';

export type Ended = {installExit: number | undefined; recoverExit: number; killedRecoveries: number};

/** What is wrong after a round; nothing, unless the round ended badly. Starts what was killed and is not part of a recovery. */
export async function faultsOf(site: Site, {installExit, recoverExit}: Ended): Promise<string[]> {
	await site.run('appliance', 'start');
	const faults = [
		...(recoverExit === 0 ? [] : [`recover ended with ${recoverExit}`]),
		...(await faultsOfPair(site)),
		...(await faultsOfService(site)),
		...(await leftovers(site)),
		...(await faultsOfLog(site)),
	];
	if (installExit === 0 && !(await site.isNewInstalled())) {
		faults.push('the installation reported success, and the old pair is in place');
	}

	return faults;
}

async function faultsOfPair({layout, old, uploaded}: Site): Promise<string[]> {
	const [fromCertificate, fromKey] = await Promise.all([
		openssl('x509', '-in', layout.soapCertificate, '-noout', '-pubkey'),
		openssl('pkey', '-in', layout.soapKey, '-pubout'),
	]).catch((error: unknown) => [String(error), '']);
	const certificate = await readFile(layout.soapCertificate);
	const known = await Promise.all([old, uploaded].map(async folder => readFile(path.join(folder, 'SOAPServer.crt'))));
	return [
		...(fromCertificate === fromKey ? [] : ['the key in place does not belong to the certificate in place']),
		...(known.some(one => one.equals(certificate)) ? [] : ['the certificate in place is unknown']),
	];
}

async function faultsOfService({layout, port}: Site): Promise<string[]> {
	const {output} = await getThroughOpenssl(port, '/', '-showcerts');
	const [served] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(output) ?? [];
	if (served === undefined) {
		return ['nothing is served'];
	}

	const inPlace = await openssl('x509', '-in', layout.soapCertificate);
	return inPlace.includes(served) ? [] : ['another certificate is served than the one in place'];
}

async function leftovers({layout}: Site): Promise<string[]> {
	const folders = [layout.taniumServer, layout.state, layout.settings, layout.outgoing];
	const names = (await Promise.all(folders.map(async folder => readdir(folder)))).flat();
	const left = names.filter(name => name.endsWith('.new') || name === 'journal.json' || name === 'staging');
	return left.length === 0 ? [] : [`left behind: ${left.join(', ')}`];
}

/** Every installation that began has an end. */
async function faultsOfLog({layout}: Site): Promise<string[]> {
	const lines = (await readFile(layout.audit, 'utf8')).trimEnd().split('\n');
	const events = lines.map(line => (JSON.parse(line) as {event: string}).event);
	const last = events.findLast(event => event.startsWith('installation-'));
	return last === 'installation-began' ? ['an installation that began has no end in the audit log'] : [];
}
