// The banner that SSH clients show before authentication (RFC 4252 5.4). TanOS names the file `banner_ssh.txt`.
import {mkdir, readFile, unlink} from 'node:fs/promises';
import path from 'node:path';
import {ifPresent} from '../../if-present.js';
import {Problem} from '../../problem.js';
import {replaceFile, syncFolder} from '../atomic-file.js';
import {audit} from '../audit.js';
import type {By} from '../by.js';
import type {Layout} from '../layout.js';

/** The name of an uploaded banner in /incoming. */
export const bannerName = 'banner_ssh.txt';

const maxBannerBytes = 16_384;

/** The installed banner, its lines ended by line feeds; undefined when there is none. */
export async function readBanner({banner}: Layout): Promise<string | undefined> {
	return ifPresent(async () => readFile(banner, 'utf8'));
}

/** The banner in an uploaded file. Throws Problem `bad-banner` when it is too long, is not text, or holds control characters. */
export function bannerIn(bytes: Buffer): string {
	if (bytes.length > maxBannerBytes) {
		throw badBanner(`It has ${bytes.length} bytes; the limit is ${maxBannerBytes}.`);
	}

	const text = decoded(bytes)
		.replace(/^\uFEFF/, '')
		.replaceAll(/\r\n?/g, '\n')
		.trimEnd();
	const unprintable = /[^\P{C}\n\t]/u.exec(text);
	if (text.trim() === '' || unprintable) {
		throw badBanner(
			unprintable
				? `Line ${text.slice(0, unprintable.index).split('\n').length} holds a character that cannot be printed.`
				: 'It is empty.',
		);
	}

	return `${text}\n`;
}

/** Installs a banner for every connection from now on. */
export async function installBanner(layout: Layout, text: string, by: By): Promise<void> {
	await mkdir(path.dirname(layout.banner), {recursive: true, mode: 0o700});
	await audit(layout, {event: 'banner-installed', ...by, characters: text.length});
	await replaceFile(layout.banner, text, 0o644);
}

/** Shows no banner from now on. */
export async function removeBanner(layout: Layout, by: By): Promise<void> {
	await audit(layout, {event: 'banner-removed', ...by});
	await ifPresent(async () => unlink(layout.banner));
	await syncFolder(path.dirname(layout.banner));
}

function decoded(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
	} catch {
		throw badBanner('It is not UTF-8.');
	}
}

function badBanner(why: string): Problem {
	return new Problem('bad-banner', `${bannerName} cannot be used as a banner. ${why}`, 'Save it as plain UTF-8 text, and upload it again.');
}
