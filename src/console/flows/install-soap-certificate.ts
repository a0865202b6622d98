// 2-4, Install Custom SOAP Cert: the document's procedure, question by question.
import type {CheckResult} from '../../certificates/check.js';
import {isSame} from '../../installation/change.js';
import {install, planInstallation, type Plan} from '../../installation/install.js';
import {forgetOutcome, outcomeInWords, type Outcome} from '../../installation/outcome.js';
import {wipe} from '../../installation/pair-files.js';
import {titles} from '../../installation/steps.js';
import {Problem} from '../../problem.js';
import {sayProblem, type Conversation, type Tone} from '../conversation.js';
import type {Visit} from '../world.js';
import {compareCertificates} from './certificate-words.js';
import {checkUploads} from './check-uploads.js';
import {sayTrust} from './configure-module-server.js';
import {offerRegistration} from './register-module-server.js';
import {forgetUploads, originsOf, readUploads, sayWhatIsThere, type Uploads} from './uploads.js';

/** Replaces the Tanium Server's certificate and key with the uploaded ones, or says why not and changes nothing. */
export async function installSoapCertificate(talk: Conversation, visit: Visit): Promise<void> {
	talk.say('Replaces the Tanium Server\'s certificate and key with SOAPServer.crt and SOAPServer.key from /incoming. The Tanium Server is stopped for a moment: do this in a maintenance window.');
	await sayWhatIsThere(talk, visit);
	if (!await talk.confirm('Proceed with the installation?', 'YES')) {
		return end(talk, 'Nothing was changed.');
	}

	const uploads = await readUploads(talk, visit);
	let checked;
	try {
		checked = await checkUploads(talk, visit, uploads);
		await review(talk, visit, checked.uploads, checked.result);
	} finally {
		forgetUploads(uploads);
		forgetUploads(checked?.uploads ?? uploads);
	}
}

async function review(talk: Conversation, visit: Visit, uploads: Uploads, {pair, findings}: CheckResult): Promise<void> {
	if (!pair) {
		return end(talk, 'Not installed. Nothing was changed.', 'bad');
	}

	// From here on the plan knows what it replaces: whatever changes while the questions are open makes it stale.
	const plan = await planInstallation(visit, pair, {user: visit.user.name, now: visit.now(), origins: originsOf(uploads)});
	try {
		await offer(talk, visit, plan, findings.length);
	} finally {
		wipe(plan.fresh);
		wipe(plan.installed);
	}
}

async function offer(talk: Conversation, visit: Visit, plan: Plan, warnings: number): Promise<void> {
	const {change, fresh, installed} = plan;
	if (isSame(change.old, change.new)) {
		compareCertificates(talk, installed.certificate, fresh.certificate, visit.now());
		return end(talk, 'This pair is installed already. Nothing to do.');
	}

	if (change.old.leaf === change.new.leaf) {
		talk.say('The server\'s certificate is the one that is installed already; only the file around it differs.', 'warning');
	}

	talk.say(`To be done:\n${titles.map(title => `  ${title}`).join('\n')}`);
	compareCertificates(talk, installed.certificate, fresh.certificate, visit.now());
	talk.say(`The files are valid, and the key matches the certificate.${warnings === 0 ? '' : ` Warnings above: ${warnings}.`}`, warnings === 0 ? 'good' : 'warning');
	if (await talk.confirm('Back up the installed pair to /outgoing, and install the new one?', 'Y')) {
		await conclude(talk, visit, await install(visit, plan, async (title, work) => talk.step(title, work)));
	} else {
		await end(talk, 'Nothing was changed.');
	}
}

async function conclude(talk: Conversation, visit: Visit, outcome: Outcome): Promise<void> {
	const told = outcomeInWords(outcome);
	const [first, ...rest] = told;
	talk.say(first!, outcome.kind === 'installed' ? 'good' : 'bad');
	if (rest.length > 0) {
		talk.say(rest.join('\n'));
	}

	if (outcome.kind === 'installed') {
		await register(talk, visit);
	}

	await talk.pause();
	await forgetOutcome(visit.layout, told);
}

/** A registration that fails changes nothing of what is installed, so it is told and the conversation goes on. */
async function register(talk: Conversation, visit: Visit): Promise<void> {
	try {
		await offerRegistration(talk, visit);
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		sayProblem(talk, error);
	}

	await sayTrust(talk, visit);
}

async function end(talk: Conversation, words: string, tone: Tone = 'plain'): Promise<void> {
	talk.say(words, tone);
	await talk.pause();
}
