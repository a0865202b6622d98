// Consoles that differ from the one that a profile describes, over this project's SSH server and in front of a real appliance.
import {Duplex} from 'node:stream';
import type {ExecutionContext} from 'ava';
import {readIdentity} from '../../src/appliance/identity.js';
import {sessionHandlerFor} from '../../src/cli/session-handler.js';
import {siteOf} from '../../src/cli/site.js';
import {LineReader} from '../../src/console/line-reader.js';
import {processServices} from '../../src/services/processes.js';
import {serve} from '../../src/ssh-server/server.js';
import type {SessionHandler, SshSessionRequest} from '../../src/ssh-server/session-request.js';
import {tanos, type Appliance} from '../helpers/appliance.js';
import {freePorts} from '../helpers/ports.js';

/** Changes what the console writes; `hangUp` ends the session. */
export type Alter = (text: string, hangUp: () => void) => string;

/** Serves the appliance's console with other words, on a port of its own. Resolves with the port. */
export async function serveAltered(t: ExecutionContext, appliance: Appliance, alter: Alter): Promise<number> {
	const identity = await readIdentity(appliance.layout);
	const site = siteOf(appliance.layout, identity, processServices(appliance.layout, identity.role));
	const handle = sessionHandlerFor(site, {bringUp: async () => []});
	return serveWith(t, appliance, async request => handle({...request, stream: alteredStream(request, alter)}));
}

function alteredStream({stream}: SshSessionRequest, alter: Alter): Duplex {
	const altered = new Duplex({
		read() {},
		write(chunk: Buffer, _encoding, done) {
			stream.write(
				alter(chunk.toString(), () => stream.destroy()),
				() => done(),
			);
		},
		final(done) {
			stream.end(done);
		},
	});
	stream.on('data', (bytes: Buffer) => altered.push(bytes)).once('close', () => altered.destroy());
	return altered;
}

/**
 * Serves a console in plain lines, as a shell script would write it: the menus of TanOS, with the real installation behind them. It
 * echoes all that is typed, the password too.
 */
export async function serveMenus(t: ExecutionContext, appliance: Appliance): Promise<number> {
	return serveWith(t, appliance, async ({stream}) => {
		const lines = new LineReader(stream, {echo: stream});
		const ask = async (...text: string[]) => {
			stream.write(text.join('\r\n'));
			const entered = await lines.next();
			return typeof entered === 'object' ? entered.line : '';
		};
		const options = {env: {TANOS_ROOT: appliance.root}};
		await ask('Authorized use only.', '', 'Press enter to continue ');
		const typed = [
			await ask('', 'TanOS 1.8.6', ' 1: Tanium Installation', ' 2: Tanium Operations', ' Z: Log out', '', '> '),
			await ask('', 'Tanium Operations', ' 2: Configuration Settings', ' 4: Install Custom SOAP Cert', '', '> '),
			await ask('', 'This replaces the SOAP certificate.', 'Enter YES to proceed: '),
			await ask('The key matches.', 'Backup the current files? [Y/n]: '),
		];
		if (typed.join(' ') !== '2 4 YES Y') {
			return 1;
		}

		await tanos(['soap', 'install'], {...options, input: 'yes\n'});
		await ask('Done.', 'Re-register the Module Server (yes/no): ');
		const password = await ask('Tanium Console admin', 'Password: ');
		await tanos(['soap', 'register'], {...options, input: `${password}\n`});
		await ask('Registered.', 'Press enter to continue ');
		return 0;
	});
}

async function serveWith(t: ExecutionContext, {layout}: Appliance, handleSession: SessionHandler): Promise<number> {
	const identity = await readIdentity(layout);
	const [ssh = 0] = await freePorts(1);
	const server = await serve(layout, {...identity, ports: {...identity.ports, ssh}}, {handleSession});
	t.teardown(async () => server.close());
	return server.port;
}
