// 2-4, Install Custom SOAP Cert: the document's procedure, question by question. 2-S does the same with the Module Server's pair.
import {recordRefusedCheck} from '../../installation/change-recorder.js';
import {asInstalled} from '../../installation/as-installed.js';
import {planInstallation} from '../../installation/install.js';
import {assertCanOverlap} from '../../installation/overlap.js';
import {soap, ssl, type Target} from '../../installation/target.js';
import type {Conversation, Tone} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {chooseTarget} from './choose-target.js';
import {checkUploads, type Checked} from './check-uploads.js';
import {concludeInstallation} from './conclude-installation.js';
import {plannedBy, reviewAndInstall} from './review-and-install.js';
import {zeroizeUploads, sourcesOf, readUploads, printWhatIsThere} from './uploads.js';

/** Replaces the Tanium Server's certificate and key with the uploaded ones, or says why not and changes nothing. */
export async function installSoapCertificate(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const target = await chooseTarget(conversation, session);
	if (target) {
		return installFromIncoming(conversation, session, target);
	}
}

/** 2-E: the same, but the Module Server trusts both certificates meanwhile, so that it need not be registered again. */
export async function installWithOverlap(conversation: Conversation, session: ConsoleSession): Promise<void> {
	await assertCanOverlap(session);
	return installFromIncoming(conversation, session, soap, true);
}

/** 2-S: replaces the Module Server's certificate and key, and registers it again with each of its Tanium Servers. */
export async function installModuleServerCertificate(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print(
		'This is not an entry of TanOS. To replace ssl.crt and ssl.key on a Tanium Appliance, contact Tanium Support.',
		'warning',
	);
	return installFromIncoming(conversation, session, ssl);
}

const aboutOverlap =
	'The Module Server trusts the old and the new certificate until the new one is proven. Not for a key that others may know. ';

function aboutOutage({server, apply}: Target): string {
	const start = `The ${server} is`;
	return apply === 'reload' ? `${start} reloaded, which is no outage.` : `${start} stopped for a moment: do this in a maintenance window.`;
}

async function installFromIncoming(conversation: Conversation, session: ConsoleSession, target: Target, overlap = false): Promise<void> {
	const {server, uploadNames} = target;
	conversation.print(
		`Replaces the ${server}'s certificate and key with ${uploadNames.certificate} and ${uploadNames.key} from /incoming. `
			+ `${overlap ? aboutOverlap : ''}${aboutOutage(target)}`,
	);
	await printWhatIsThere(conversation, session, target);
	if (!(await conversation.confirm('Proceed with the installation?', 'YES'))) {
		return end(conversation, 'Nothing was changed.');
	}

	const uploads = await readUploads(conversation, session, target);
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
	{uploads, result: {pair, findings}}: Checked,
	overlap: boolean,
): Promise<void> {
	const {target} = uploads;
	if (!pair) {
		await recordRefusedCheck(session.layout, plannedBy(session), findings, target);
		return end(conversation, 'Not installed. Nothing was changed.', 'bad');
	}

	// From here on the plan knows what it replaces: a change made while the questions are open makes it stale.
	const plan = await planInstallation(session, asInstalled(target, pair), {
		...plannedBy(session),
		target,
		origins: sourcesOf(uploads),
		overlap,
	});
	const reviewed = await reviewAndInstall(conversation, session, plan, {yes: 'Y', warnings: findings.map(({id}) => id)});
	await concludeInstallation(conversation, session, reviewed, target);
}

async function end(conversation: Conversation, words: string, tone: Tone = 'plain'): Promise<void> {
	conversation.print(words, tone);
	await conversation.pause();
}
