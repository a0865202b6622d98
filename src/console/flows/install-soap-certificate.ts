// 2-4, Install Custom SOAP Cert: the document's procedure, question by question.
import path from 'node:path';
import {audit} from '../../appliance/audit.js';
import {certificateName, keyName} from '../../appliance/layout.js';
import {readUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult, type Finding} from '../../certificates/check.js';
import {sanitise} from '../../certificates/sanitise.js';
import type {UploadedFile} from '../../certificates/uploaded-file.js';
import {digestOf, isSame, readInstalled, type PairBytes} from '../../installation/change.js';
import {install, planInstallation} from '../../installation/install.js';
import {forgetOutcome, outcomeInWords, type Outcome} from '../../installation/outcome.js';
import {wipe} from '../../installation/pair-files.js';
import type {Conversation, Tone} from '../conversation.js';
import type {Visit} from '../world.js';
import {compareCertificates, leafInWords} from './certificate-words.js';
import {sayTrust} from './configure-module-server.js';
import {offerRegistration} from './register-module-server.js';

type Uploads = {certificate: UploadedFile; key: UploadedFile};

/** Replaces the Tanium Server's certificate and key with the uploaded ones, or says why not and changes nothing. */
export async function installSoapCertificate(talk: Conversation, visit: Visit): Promise<void> {
	talk.say('Replaces the Tanium Server\'s certificate and key with SOAPServer.crt and SOAPServer.key from /incoming. The Tanium Server is stopped for a moment: do this in a maintenance window.');
	await sayWhatIsThere(talk, visit);
	if (!await talk.confirm('Proceed with the installation?', 'YES')) {
		return end(talk, 'Nothing was changed.');
	}

	const uploads = await talk.step('Read both files from /incoming', async () => readUploads(visit));
	const result = await talk.step('Check both files, and that the key matches the certificate', async () =>
		checkPair(uploads.certificate, uploads.key, {hosts: [visit.identity.name], at: visit.now()}));
	await sayFindings(talk, visit, result);
	if (!result.pair) {
		return end(talk, 'Not installed. Nothing was changed.', 'bad');
	}

	await offer(talk, visit, {certificate: result.pair.certificate, key: result.pair.key});
}

async function offer(talk: Conversation, visit: Visit, fresh: PairBytes): Promise<void> {
	const installed = await readInstalled(visit.layout);
	compareCertificates(talk, leafInWords(installed.certificate, visit.now()), leafInWords(fresh.certificate, visit.now()));
	const isInstalled = isSame(digestOf(installed), digestOf(fresh));
	wipe(installed);
	if (isInstalled) {
		return end(talk, 'This pair is installed already. Nothing to do.');
	}

	talk.say('The files are valid, and the key matches the certificate.', 'good');

	if (!await talk.confirm('Back up the installed pair to /outgoing, and install the new one?', 'Y')) {
		wipe(fresh);
		return end(talk, 'Nothing was changed.');
	}

	const plan = await planInstallation(visit, fresh, {user: visit.user.name, now: visit.now()});
	await conclude(talk, visit, await install(visit, plan, async (title, work) => talk.step(title, work)));
}

async function conclude(talk: Conversation, visit: Visit, outcome: Outcome): Promise<void> {
	const [first, ...rest] = outcomeInWords(outcome);
	talk.say(first!, outcome.kind === 'installed' ? 'good' : 'bad');
	if (rest.length > 0) {
		talk.say(rest.join('\n'));
	}

	if (outcome.kind === 'installed') {
		talk.say(`Backup in /outgoing:\n${outcome.change.backup.map(name => `  ${name}`).join('\n')}`);
		await offerRegistration(talk, visit);
		await sayTrust(talk, visit);
	}

	await talk.pause();
	await forgetOutcome(visit.layout);
}

async function end(talk: Conversation, words: string, tone: Tone = 'plain'): Promise<void> {
	talk.say(words, tone);
	await talk.pause();
}

async function readUploads({layout}: Visit): Promise<Uploads> {
	return {
		certificate: await readUpload(path.join(layout.incoming, certificateName)),
		key: await readUpload(path.join(layout.incoming, keyName)),
	};
}

async function sayWhatIsThere(talk: Conversation, visit: Visit): Promise<void> {
	const {certificate, key} = await readUploads(visit);
	const missing = [certificate, key].filter(({state}) => state === 'missing').map(({name}) => name);
	if (missing.length === 0) {
		talk.say('/incoming holds SOAPServer.crt and SOAPServer.key.');
		return;
	}

	talk.say(`/incoming lacks ${missing.join(' and ')}. ${othersInWords(certificate)}`, 'warning');
	sayHowToUpload(talk, visit);
}

function othersInWords(file: UploadedFile): string {
	const others = file.state === 'missing' ? file.others.filter(name => name !== keyName) : [];
	return others.length === 0 ? '' : `It holds: ${others.slice(0, 5).map(name => sanitise(name)).join(', ')}.`;
}

function sayHowToUpload(talk: Conversation, {identity}: Visit): void {
	talk.say([
		'Upload both by SFTP as the user tancopy, for example from this machine:',
		`  sftp -P ${identity.ports.ssh} tancopy@127.0.0.1`,
		'  sftp> put SOAPServer.crt /incoming/',
		'  sftp> put SOAPServer.key /incoming/',
		`Host ${identity.name}, port ${identity.ports.ssh}, user tancopy, folder /incoming. Then delete other copies of the key.`,
	].join('\n'));
}

async function sayFindings(talk: Conversation, visit: Visit, {ok, findings, certificate}: CheckResult): Promise<void> {
	await audit(visit.layout, {
		event: 'certificate-checked', user: visit.user.name, ok, findings: findings.map(({id}) => id), certificate: certificate?.fingerprint,
	});
	for (const finding of findings) {
		const {severity, id, file, message, hint} = finding;
		talk.say(`${severity} ${id} (${file}): ${message}${hint === '' ? '' : `\n${hint}`}`, toneOf(finding));
	}

	if (findings.some(({id}) => id === 'cert-not-found' || id === 'key-not-found')) {
		sayHowToUpload(talk, visit);
	}

	const errors = findings.filter(({severity}) => severity === 'error').length;
	if (!ok) {
		talk.say(`${errors} error${errors === 1 ? '' : 's'}, ${findings.length - errors} to note.`, 'bad');
	}
}

function toneOf({severity}: Finding): Tone {
	return severity === 'error' ? 'bad' : 'warning';
}
