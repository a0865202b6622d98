import {closeSync, writeSync} from 'node:fs';
import {once} from 'node:events';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {hostKeyFingerprints} from '../appliance/host-key.js';
import {readIdentity} from '../appliance/identity.js';
import {processServices} from '../services/processes.js';
import {serve} from '../ssh/server.js';
import {bringUpServices} from './bring-up.js';
import {exitCodes, layoutFor, print, printStep, rootOption, type Command} from './command.js';

/** `tanos serve`: SSH and SFTP for an appliance, until it is stopped. */
export const serveCommand: Command = async words => {
	const {values} = parseArgs({args: words, options: rootOption});
	const layout = layoutFor(values.root);
	const identity = await readIdentity(layout);
	const server = await serve(layout, identity);
	print(`SFTP for tancopy on 127.0.0.1:${server.port}. Stop with Ctrl+C. Host key:`);
	for (const {type, sha256} of await hostKeyFingerprints(layout)) {
		print(`  ${type} ${sha256}`);
	}

	print(...await bringUpServices({layout, identity, services: processServices(layout)}, printStep));
	notifyReady();
	await Promise.race(['SIGTERM', 'SIGINT', 'SIGHUP'].map(async signal => once(process, signal)));
	await server.close();
	return exitCodes.done;
};

/** Tells whoever started this process in the background that it serves, as s6 does: a line end on a descriptor of theirs. */
function notifyReady(): void {
	const descriptor = Number(process.env['TANOS_NOTIFY_FD']);
	if (Number.isInteger(descriptor) && descriptor > 2) {
		writeSync(descriptor, '\n');
		closeSync(descriptor);
	}
}
