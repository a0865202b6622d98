import {removeOutcome} from '../../installation/outcome.js';
import {printingProblems, type Conversation, type Tone} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {soap, ssl, type Target} from '../../installation/target.js';
import {clientTrust} from './client-trust.js';
import {offerRegistration} from './register-module-server.js';
import {registerWithAll} from './register-with-all.js';
import type {Reviewed} from './review-and-install.js';
import {printTrust} from './trust-state.js';

/**
 * Says how the installation of a pair for this target ended, offers to register the Module Server once it is installed, and waits for
 * Enter.
 */
export async function concludeInstallation(
	conversation: Conversation,
	session: ConsoleSession,
	{outcome, told, isTrusted = false}: Reviewed,
	target: Target = soap,
): Promise<void> {
	const [first, ...rest] = told;
	conversation.print(first!, toneOf(outcome));
	if (rest.length > 0) {
		conversation.print(rest.join('\n'));
	}

	if (outcome === 'installed') {
		await concludeInstalled(conversation, session, target, isTrusted);
	}

	await conversation.pause();
	await removeOutcome(session.layout, told);
}

async function concludeInstalled(conversation: Conversation, session: ConsoleSession, target: Target, isTrusted: boolean): Promise<void> {
	if (target === soap) {
		return concludeSoap(conversation, session, isTrusted);
	}

	if (target === ssl) {
		return registerWithAll(conversation, session);
	}
}

async function concludeSoap(conversation: Conversation, session: ConsoleSession, isTrusted: boolean): Promise<void> {
	await (isTrusted ? printTrust(conversation, session) : register(conversation, session));
	conversation.print((await clientTrust(session)).join('\n'));
}

function toneOf(outcome: Reviewed['outcome']): Tone {
	return outcome === 'installed' ? 'good' : outcome === 'declined' || outcome === 'nothing-to-do' ? 'plain' : 'bad';
}

/** A registration that fails does not affect the installed pair, so it is reported and the conversation continues. */
async function register(conversation: Conversation, session: ConsoleSession): Promise<void> {
	await printingProblems(conversation, async () => {
		await offerRegistration(conversation, session);
	});
	await printTrust(conversation, session);
}
