import {once} from 'node:events';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {onRecord, tellReady} from '../appliance/background.js';
import {hostKeyFingerprints} from '../appliance/host-key.js';
import {readIdentity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {processServices} from '../services/processes.js';
import {serve, type SshServer} from '../ssh/server.js';
import {bringUpServices} from './bring-up.js';
import {exitCodes, layoutFor, print, printStep, rootOption, type Command} from './command.js';

/** `tanos serve`: SSH and SFTP for an appliance, until it is stopped. */
export const serveCommand: Command = async words => {
	const {values} = parseArgs({args: words, options: rootOption});
	const layout = layoutFor(values.root);
	if (!await onRecord()) {
		return exitCodes.no;
	}

	const identity = await readIdentity(layout);
	const ended = Promise.race(['SIGTERM', 'SIGINT', 'SIGHUP'].map(async signal => once(process, signal)));
	const server = await serve(layout, identity);
	try {
		await announce(layout, server);
		print(...await bringUpServices({layout, identity, services: processServices(layout)}, printStep));
		tellReady();
		await ended;
	} finally {
		await server.close();
	}

	return exitCodes.done;
};

async function announce(layout: Layout, server: SshServer): Promise<void> {
	print(`SFTP for tancopy on 127.0.0.1:${server.port}. Stop with Ctrl+C. Host key:`);
	for (const {type, sha256} of await hostKeyFingerprints(layout)) {
		print(`  ${type} ${sha256}`);
	}
}
