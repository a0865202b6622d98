// C-U, P: the key pair that a user of this appliance signs in to other hosts with.
import {generatePair, hasPair, publicPartOf} from '../../appliance/users/key-pairs.js';
import {describeKey, type PublicKey} from '../../ssh-keys/public-key.js';
import {printingProblems, type Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';

export async function manageKeyPair(conversation: Conversation, session: ConsoleSession, account: string): Promise<void> {
	const printIt = async () => printPublicPart(conversation, await publicPartOf(session.layout, account, session.identity.name), account);
	await printingProblems(conversation, printIt);
	while (await conversation.choose('Action for the key pair, or R:', [{key: 'G', label: 'Generate Key Pair', value: true}])) {
		await printingProblems(conversation, async () => generate(conversation, session, account));
	}
}

async function generate(conversation: Conversation, {layout, user, from, identity}: ConsoleSession, account: string): Promise<void> {
	const replace = await hasPair(layout, account);
	if (
		replace
		&& !(await conversation.confirm(
			'The existing pair cannot be recovered, and hosts that have its public key will refuse the new one. Replace it?',
			'YES',
		))
	) {
		return;
	}

	const key = await conversation.step('Generate an ed25519 key pair', async () =>
		generatePair(layout, account, {by: {user: user.name, from}, host: identity.name, replace}),
	);
	printPublicPart(conversation, key, account);
}

function printPublicPart(conversation: Conversation, key: PublicKey | undefined, account: string): void {
	if (key) {
		conversation.print(`The private key stays on this appliance. Add this public key to the hosts that ${account} signs in to:`);
		conversation.print(key.line, 'good');
		conversation.print(describeKey(key));
	} else {
		conversation.print(`${account} has no key pair.`);
	}
}
