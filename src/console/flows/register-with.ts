import {lookAt, type Seen} from '../../registration/look.js';
import {registerModuleServer, type Registered} from '../../registration/register.js';
import {describePlace, type Place} from '../../appliance/server-places.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';
import {userOf, type ConsoleSession} from '../environment.js';

/**
 * Registers this appliance's Module Server with the Tanium Server at a place. Its certificate is shown and confirmed first, unless
 * trusted.crt holds it; only then are name and password asked for, in the document's words. Resolves with undefined when the certificate
 * was not confirmed. With `fingerprint`, the SHA-256 that it must have, nobody is asked to confirm. Rejects with Problem
 * `other-certificate`, and as lookAt() and registerModuleServer() do.
 */
export async function registerWith(
	conversation: Conversation,
	session: ConsoleSession,
	place: Place,
	fingerprint?: string,
): Promise<Registered | undefined> {
	const {layout, identity, services} = session;
	const seen = await lookAt(layout, identity, place);
	if (!(await isExpected(conversation, seen, fingerprint))) {
		return undefined;
	}

	const username = await conversation.ask('Enter administrator username:', {isAnsweredBeside: true});
	const password = await conversation.secret(`Enter password for user '${username}':`, {isAnsweredBeside: true});
	return conversation.step(`Register with ${describePlace(place)} and restart the Module Server`, async () =>
		registerModuleServer({layout, identity, services, username, password, by: userOf(session), taniumServer: seen.server}),
	);
}

async function isExpected(conversation: Conversation, seen: Seen, expected: string | undefined): Promise<boolean> {
	const where = describePlace(seen.server.place);
	if (expected !== undefined) {
		if (bare(expected) === bare(seen.fingerprint)) {
			return true;
		}

		throw new Problem(
			'other-certificate',
			`${where} presents another certificate: SHA-256 ${seen.fingerprint}.`,
			'Compare it with what `show fingerprint soap` prints on the Tanium Server. Nothing was sent to it.',
		);
	}

	if (seen.isTrusted) {
		return true;
	}

	conversation.print(
		`${where} presents a certificate that trusted.crt does not hold (${seen.about}):\nSHA-256 ${seen.fingerprint}\n`
			+ 'Compare it with what `show fingerprint soap` or 2-7 shows on the Tanium Server. Nothing has been sent to it.',
		'warning',
	);
	return conversation.confirm('Is it the same?', 'yes');
}

function bare(fingerprint: string): string {
	return fingerprint
		.replace(/^SHA-?256[ :=]*/i, '')
		.replaceAll(/[^\da-f]/gi, '')
		.toLowerCase();
}
