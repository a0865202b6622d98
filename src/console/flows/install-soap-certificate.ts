// 2-4, Install Custom SOAP Cert: the document's procedure, question by question.
import type {CheckResult} from '../../certificates/check.js';
import {isSame} from '../../installation/change.js';
import {install, planInstallation, type Plan} from '../../installation/install.js';
import {removeOutcome, describeOutcome, type Outcome} from '../../installation/outcome.js';
import {zeroize} from '../../installation/pair-files.js';
import {titles} from '../../installation/phases.js';
import {Problem} from '../../problem.js';
import {printProblem, type Conversation, type Tone} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {compareCertificates} from './show-certificates.js';
import {checkUploads} from './check-uploads.js';
import {printTrust} from './configure-module-server.js';
import {offerRegistration} from './register-module-server.js';
import {zeroizeUploads, sourcesOf, readUploads, printWhatIsThere, type Uploads} from './uploads.js';

/** Replaces the Tanium Server's certificate and key with the uploaded ones, or says why not and changes nothing. */
export async function installSoapCertificate(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print('Replaces the Tanium Server\'s certificate and key with SOAPServer.crt and SOAPServer.key from /incoming. The Tanium Server is stopped for a moment: do this in a maintenance window.');
	await printWhatIsThere(conversation, session);
	if (!await conversation.confirm('Proceed with the installation?', 'YES')) {
		return end(conversation, 'Nothing was changed.');
	}

	const uploads = await readUploads(conversation, session);
	let checked;
	try {
		checked = await checkUploads(conversation, session, uploads);
		await review(conversation, session, checked.uploads, checked.result);
	} finally {
		zeroizeUploads(uploads);
		zeroizeUploads(checked?.uploads ?? uploads);
	}
}

async function review(conversation: Conversation, session: ConsoleSession, uploads: Uploads, {pair, findings}: CheckResult): Promise<void> {
	if (!pair) {
		return end(conversation, 'Not installed. Nothing was changed.', 'bad');
	}

	// From here on the plan knows what it replaces: whatever changes while the questions are open makes it stale.
	const plan = await planInstallation(session, pair, {user: session.user.name, now: session.now(), origins: sourcesOf(uploads)});
	try {
		await offer(conversation, session, plan, findings.length);
	} finally {
		zeroize(plan.fresh);
		zeroize(plan.installed);
	}
}

async function offer(conversation: Conversation, session: ConsoleSession, plan: Plan, warnings: number): Promise<void> {
	const {change, fresh, installed} = plan;
	if (isSame(change.old, change.new)) {
		compareCertificates(conversation, installed.certificate, fresh.certificate, session.now());
		return end(conversation, 'This pair is installed already. Nothing to do.');
	}

	if (change.old.leaf === change.new.leaf) {
		conversation.print('The server\'s certificate is the one that is installed already; only the file around it differs.', 'warning');
	}

	conversation.print(`To be done:\n${titles.map(title => `  ${title}`).join('\n')}`);
	compareCertificates(conversation, installed.certificate, fresh.certificate, session.now());
	conversation.print(`The files are valid, and the key matches the certificate.${warnings === 0 ? '' : ` Warnings above: ${warnings}.`}`, warnings === 0 ? 'good' : 'warning');
	if (await conversation.confirm('Back up the installed pair to /outgoing, and install the new one?', 'Y')) {
		await conclude(conversation, session, await install(session, plan, async (title, work) => conversation.step(title, work)));
	} else {
		await end(conversation, 'Nothing was changed.');
	}
}

async function conclude(conversation: Conversation, session: ConsoleSession, outcome: Outcome): Promise<void> {
	const told = describeOutcome(outcome);
	const [first, ...rest] = told;
	conversation.print(first!, outcome.kind === 'installed' ? 'good' : 'bad');
	if (rest.length > 0) {
		conversation.print(rest.join('\n'));
	}

	if (outcome.kind === 'installed') {
		await register(conversation, session);
	}

	await conversation.pause();
	await removeOutcome(session.layout, told);
}

/** A registration that fails changes nothing of what is installed, so it is told and the conversation goes on. */
async function register(conversation: Conversation, session: ConsoleSession): Promise<void> {
	try {
		await offerRegistration(conversation, session);
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		printProblem(conversation, error);
	}

	await printTrust(conversation, session);
}

async function end(conversation: Conversation, words: string, tone: Tone = 'plain'): Promise<void> {
	conversation.print(words, tone);
	await conversation.pause();
}
