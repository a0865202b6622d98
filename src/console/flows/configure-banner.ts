import path from 'node:path';
import {bannerIn, bannerName, installBanner, readBanner, removeBanner} from '../../appliance/banner.js';
import {readUpload} from '../../appliance/uploads.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';

/** A-A-3: shows what SSH clients show before signing in, and installs another one from /incoming or removes it. */
export async function configureBanner(talk: Conversation, visit: Visit): Promise<void> {
	const {layout, user, from} = visit;
	const by = {user: user.name, from};
	const installed = await readBanner(layout);
	sayBanner(talk, 'Installed', installed);
	const uploaded = await uploadedBanner(visit);
	if (uploaded !== undefined && uploaded !== installed) {
		sayBanner(talk, `New, from /incoming/${bannerName}`, uploaded);
		if (await talk.confirm('Install the new banner?', 'yes')) {
			await installBanner(layout, uploaded, by);
			talk.say('The banner was installed. Every new connection shows it.', 'good');
		}
	} else if (installed !== undefined && await talk.confirm('Remove the installed banner?', 'yes')) {
		await removeBanner(layout, by);
		talk.say('The banner was removed.', 'good');
	} else {
		sayHowToUpload(talk, visit);
	}

	await talk.pause();
}

function sayBanner(talk: Conversation, title: string, text: string | undefined): void {
	talk.say(`${title}:`, 'heading');
	talk.say(text?.trimEnd() ?? 'No banner.');
}

/** Undefined when there is none in /incoming. Rejects with Problem `bad-banner`. */
async function uploadedBanner({layout}: Visit): Promise<string | undefined> {
	const upload = await readUpload(path.join(layout.incoming, bannerName));
	if (upload.state === 'missing') {
		return undefined;
	}

	if (upload.state !== 'read') {
		throw new Problem('bad-banner', `/incoming/${bannerName} is not a file that can be read here.`, 'Remove it, and upload it again.');
	}

	return bannerIn(upload.bytes);
}

function sayHowToUpload(talk: Conversation, {identity}: Visit): void {
	talk.say([
		`To install another one, upload it as ${bannerName}, for example from this machine, and come back:`,
		`  sftp -P ${identity.ports.ssh} tancopy@127.0.0.1`,
		`  sftp> put ${bannerName} /incoming/`,
	].join('\n'));
}
