import {bannerIn, bannerName, installBanner, readBanner, removeBanner} from '../../appliance/users/banner.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {forExample, sftpExample} from '../client-examples.js';
import {readIncoming} from './read-incoming.js';

/** A-A-3: shows the SSH banner, and installs a new one from /incoming or removes it. */
export async function configureBanner(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const {layout, user, from} = session;
	const by = {user: user.name, from};
	const installed = await readBanner(layout);
	printBanner(conversation, 'Installed', installed);
	const uploaded = await uploadedBanner(session);
	if (uploaded !== undefined && uploaded !== installed) {
		printBanner(conversation, `New, from /incoming/${bannerName}`, uploaded);
		if (await conversation.confirm('Install the new banner?', 'yes')) {
			await installBanner(layout, uploaded, by);
			conversation.print('The banner was installed. Every new connection shows it.', 'good');
		}
	} else if (installed !== undefined && (await conversation.confirm('Remove the installed banner?', 'yes'))) {
		await removeBanner(layout, by);
		conversation.print('The banner was removed.', 'good');
	} else {
		printUploadHelp(conversation, session);
	}

	await conversation.pause();
}

function printBanner(conversation: Conversation, title: string, text: string | undefined): void {
	conversation.print(`${title}:`, 'heading');
	conversation.print(text?.trimEnd() ?? 'No banner.');
}

/** Undefined when there is none in /incoming. Rejects with Problem `bad-banner`. */
async function uploadedBanner(session: ConsoleSession): Promise<string | undefined> {
	const upload = await readIncoming(session, bannerName);
	if (upload.state === 'missing') {
		return undefined;
	}

	if (upload.state !== 'read') {
		throw new Problem('bad-banner', `/incoming/${bannerName} cannot be read as a regular file.`, 'Remove it, and upload it again.');
	}

	return bannerIn(upload.bytes);
}

function printUploadHelp(conversation: Conversation, session: ConsoleSession): void {
	conversation.print(
		[
			`To install a new banner, upload it as ${bannerName}, ${forExample(session)}, then open A-A-3 again:`,
			...sftpExample(session, `put ${bannerName} /incoming/`),
		].join('\n'),
	);
}
