import {exitCodes} from '../exit-codes.js';
import {once} from 'node:events';
import process from 'node:process';
import {isInBackground, onRecord, tellReady} from '../appliance/background.js';
import {hostKeyFingerprints} from '../appliance/host-key.js';
import {readIdentity, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {rotateOutput} from '../appliance/output-log.js';
import {runScheduledHealthCheck} from '../health/health-check.js';
import {settlePending} from '../installation/pending-trust.js';
import {messageOf, Problem} from '../problem.js';
import {removeOldRecordings} from '../recordings/store.js';
import type {Daemon} from '../services/daemon.js';
import {processServices} from '../services/processes.js';
import {serve, type SshServer} from '../ssh-server/server.js';
import {bringUpServices} from './bring-up.js';
import {layoutFor, print, printStep, type Command} from './command.js';
import {serveDefinition} from './definitions/programs.js';
import {memberHandlerFor} from './member-handler.js';
import {parseCall} from './parse-call.js';
import {loadSessions, sessionHandlerFor} from './session-handler.js';
import {sshDaemon} from './sandbox.js';
import {siteOf} from './site.js';

/** `tanos serve`: serves SSH (console and commands) and SFTP for an appliance, until it is stopped. */
export const serveCommand: Command = async words => {
	const {values} = parseCall(serveDefinition, words);
	const layout = layoutFor(values.root);
	if (values.restart) {
		const {serveWithRestarts} = await import('./restarting-server.js');
		return serveWithRestarts(layout);
	}

	if (!(await onRecord())) {
		return exitCodes.no;
	}

	rotateOutput();
	const identity = await readIdentity(layout);
	const ended = Promise.race(['SIGTERM', 'SIGINT', 'SIGHUP'].map(async signal => once(process, signal)));
	const daemon = sshDaemon(layout);
	if (!isInBackground()) {
		await assertNotRunning(daemon, identity);
	}

	const site = siteOf(layout, identity, processServices(layout, identity.role));
	const server = await serve(layout, identity, {handleSession: sessionHandlerFor(site), handleMember: memberHandlerFor(site)});
	try {
		await daemon.adopt(process.pid);
		await announce(layout, identity, server);
		print(...(await bringUpServices(site, printStep)));
		tellReady();
		await loadSessions();
		using _settling = repeatedly(async () => settlePending(site));
		using _removing = repeatedly(async () => removeOldRecordings(layout, new Date()));
		using _checking = repeatedly(async () => runScheduledHealthCheck(site, new Date()));
		await ended;
	} finally {
		await server.close();
	}

	return exitCodes.done;
};

/** Milliseconds between two attempts to do what is pending or due. */
const pendingEveryMs = 30_000;

/** Does something again and again until it is disposed of; what it rejects with is logged. */
function repeatedly(work: () => Promise<unknown>): Disposable {
	const timer = setInterval(() => {
		work().catch((error: unknown) => print(messageOf(error)));
	}, pendingEveryMs);
	return {[Symbol.dispose]: () => clearInterval(timer)};
}

async function assertNotRunning(daemon: Daemon, {ports}: Identity): Promise<void> {
	const running = await daemon.state();
	if (running) {
		const found = `Process ${running.pid} already serves this appliance, on port ${ports.ssh}.`;
		throw new Problem('already-served', found, `To serve from here instead: kill ${running.pid}`);
	}
}

async function announce(layout: Layout, identity: Identity, server: SshServer): Promise<void> {
	print(`SSH for tanadmin and tanuser, SFTP for tancopy, on ${identity.address}:${server.port}. Stop with Ctrl+C. Host key:`);
	for (const {type, sha256} of await hostKeyFingerprints(layout)) {
		print(`  ${type} ${sha256}`);
	}
}
