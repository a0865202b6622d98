// The key pair with which a user signs in elsewhere from this appliance, as C-U shows and makes it.
import {generatePair, hasPair, publicPartOf} from '../../appliance/key-pairs.js';
import {keyInWords, type PublicKey} from '../../appliance/public-key.js';
import {sayingProblems, type Conversation} from '../conversation.js';
import type {Visit} from '../world.js';

export async function manageKeyPair(talk: Conversation, visit: Visit, account: string): Promise<void> {
	const sayIt = async () => sayPublicPart(talk, await publicPartOf(visit.layout, account, visit.identity.name), account);
	await sayingProblems(talk, sayIt);
	while (await talk.choose('What to do with the key pair, or R:', [{key: 'G', label: 'Generate Key Pair', value: true}])) {
		await sayingProblems(talk, async () => generate(talk, visit, account));
	}
}

async function generate(talk: Conversation, {layout, user, from, identity}: Visit, account: string): Promise<void> {
	const replace = await hasPair(layout, account);
	if (replace && !await talk.confirm('The pair that is there now is lost for good, and with it the access to every host that knows its public part. Replace it?', 'YES')) {
		return;
	}

	const key = await talk.step('Generate an ed25519 key pair', async () =>
		generatePair(layout, account, {by: {user: user.name, from}, host: identity.name, replace}));
	sayPublicPart(talk, key, account);
}

function sayPublicPart(talk: Conversation, key: PublicKey | undefined, account: string): void {
	if (key) {
		talk.say(`The private part stays in this appliance. This is the public part, for the hosts that ${account} signs in to from here:`);
		talk.say(key.line, 'good');
		talk.say(keyInWords(key));
	} else {
		talk.say(`${account} has no key pair.`);
	}
}
