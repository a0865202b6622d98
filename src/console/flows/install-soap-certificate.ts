// 2-4, Install Custom SOAP Cert: the document's procedure, question by question.
import type {CheckResult} from '../../certificates/check.js';
import {planInstallation} from '../../installation/install.js';
import {removeOutcome} from '../../installation/outcome.js';
import {Problem} from '../../problem.js';
import {printProblem, type Conversation, type Tone} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {checkUploads} from './check-uploads.js';
import {printTrust} from './configure-module-server.js';
import {offerRegistration} from './register-module-server.js';
import {reviewAndInstall, type Reviewed} from './review-and-install.js';
import {zeroizeUploads, sourcesOf, readUploads, printWhatIsThere, type Uploads} from './uploads.js';

/** Replaces the Tanium Server's certificate and key with the uploaded ones, or says why not and changes nothing. */
export async function installSoapCertificate(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print(
		"Replaces the Tanium Server's certificate and key with SOAPServer.crt and SOAPServer.key from /incoming. "
			+ 'The Tanium Server is stopped for a moment: do this in a maintenance window.',
	);
	await printWhatIsThere(conversation, session);
	if (!(await conversation.confirm('Proceed with the installation?', 'YES'))) {
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

	// From here on the plan knows what it replaces: a change made while the questions are open makes it stale.
	const plan = await planInstallation(session, pair, {user: session.user.name, now: session.now(), origins: sourcesOf(uploads)});
	await conclude(conversation, session, await reviewAndInstall(conversation, session, plan, {yes: 'Y', warnings: findings.length}));
}

async function conclude(conversation: Conversation, session: ConsoleSession, {outcome, told}: Reviewed): Promise<void> {
	const [first, ...rest] = told;
	conversation.print(first!, toneOf(outcome));
	if (rest.length > 0) {
		conversation.print(rest.join('\n'));
	}

	if (outcome === 'installed') {
		await register(conversation, session);
	}

	await conversation.pause();
	await removeOutcome(session.layout, told);
}

function toneOf(outcome: Reviewed['outcome']): Tone {
	return outcome === 'installed' ? 'good' : outcome === 'declined' || outcome === 'nothing-to-do' ? 'plain' : 'bad';
}

/** A registration that fails does not affect the installed pair, so it is reported and the conversation continues. */
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
