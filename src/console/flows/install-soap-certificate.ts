// 2-4, Install Custom SOAP Cert: the document's procedure, question by question.
import type {CheckResult} from '../../certificates/check.js';
import {recordRefusedCheck} from '../../installation/change-recorder.js';
import {planInstallation} from '../../installation/install.js';
import {assertCanOverlap} from '../../installation/overlap.js';
import type {Conversation, Tone} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {checkUploads} from './check-uploads.js';
import {concludeInstallation} from './conclude-installation.js';
import {plannedBy, reviewAndInstall} from './review-and-install.js';
import {zeroizeUploads, sourcesOf, readUploads, printWhatIsThere, type Uploads} from './uploads.js';

/** Replaces the Tanium Server's certificate and key with the uploaded ones, or says why not and changes nothing. */
export async function installSoapCertificate(conversation: Conversation, session: ConsoleSession): Promise<void> {
	return installFromIncoming(conversation, session, false);
}

/** 2-E: the same, but the Module Server trusts both certificates meanwhile, so that it need not be registered again. */
export async function installWithOverlap(conversation: Conversation, session: ConsoleSession): Promise<void> {
	await assertCanOverlap(session);
	return installFromIncoming(conversation, session, true);
}

const aboutOverlap =
	'The Module Server trusts the old and the new certificate until the new one is proven. Not for a key that others may know. ';

async function installFromIncoming(conversation: Conversation, session: ConsoleSession, overlap: boolean): Promise<void> {
	conversation.print(
		"Replaces the Tanium Server's certificate and key with SOAPServer.crt and SOAPServer.key from /incoming. "
			+ `${overlap ? aboutOverlap : ''}The Tanium Server is stopped for a moment: do this in a maintenance window.`,
	);
	await printWhatIsThere(conversation, session);
	if (!(await conversation.confirm('Proceed with the installation?', 'YES'))) {
		return end(conversation, 'Nothing was changed.');
	}

	const uploads = await readUploads(conversation, session);
	let checked;
	try {
		checked = await checkUploads(conversation, session, uploads);
		await review(conversation, session, checked, overlap);
	} finally {
		zeroizeUploads(uploads);
		zeroizeUploads(checked?.uploads ?? uploads);
	}
}

async function review(
	conversation: Conversation,
	session: ConsoleSession,
	{uploads, result: {pair, findings}}: {uploads: Uploads; result: CheckResult},
	overlap: boolean,
): Promise<void> {
	if (!pair) {
		await recordRefusedCheck(session.layout, plannedBy(session), findings);
		return end(conversation, 'Not installed. Nothing was changed.', 'bad');
	}

	// From here on the plan knows what it replaces: a change made while the questions are open makes it stale.
	const plan = await planInstallation(session, pair, {...plannedBy(session), origins: sourcesOf(uploads), overlap});
	await concludeInstallation(
		conversation,
		session,
		await reviewAndInstall(conversation, session, plan, {yes: 'Y', warnings: findings.map(({id}) => id)}),
	);
}

async function end(conversation: Conversation, words: string, tone: Tone = 'plain'): Promise<void> {
	conversation.print(words, tone);
	await conversation.pause();
}
