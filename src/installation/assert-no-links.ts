import type {Layout} from '../appliance/layout.js';
import {assertSharedFolder, linkTarget} from '../appliance/links.js';
import {Problem} from '../problem.js';
import {installedFiles, type Target} from './target.js';

/**
 * Makes sure that an installation replaces files, not links, and leaves its backup where SFTP users find it. Rejects with Problem
 * `installed-is-link` or `folder-is-link`; nothing has been changed then.
 */
export async function assertNoLinks(layout: Layout, target: Target): Promise<void> {
	if (target.isCopied) {
		await assertSharedFolder(layout.outgoing);
	}

	for (const file of Object.values(installedFiles(layout, target)).toReversed()) {
		const target = await linkTarget(file);
		if (target !== undefined) {
			throw new Problem(
				'installed-is-link',
				`${file} is a symbolic link to ${target}. An installation would replace the link, and the file it leads to would stay as it is.`,
				`Put a copy of that file in place of the link, then begin again: cp -p --remove-destination "$(readlink -f ${file})" ${file}`,
			);
		}
	}
}
