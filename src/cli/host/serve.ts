import {Socket} from 'node:net';
import {PassThrough, Writable} from 'node:stream';
import {Channel} from '../../console/remote/channel.js';
import {consoleMessage, type ReceivedConsoleMessage, type ServiceMessage} from '../../console/remote/messages.js';
import {RemoteFrontEnd} from '../../console/remote/remote-front-end.js';
import {headerOf, type ConsoleEnvironment} from '../../console/environment.js';
import {loadFlows} from '../../console/flows/index.js';
import {userRoles} from '../../console/menus.js';
import {Session} from '../../console/session.js';
import type {User} from '../../console/state.js';
import {exitCodes} from '../../exit-codes.js';
import type {Command} from '../command.js';
import {hostServeDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';
import {runCommandLine} from '../remote-command.js';
import {hostEnvironment} from './environment.js';
import {peerOf} from './peer.js';
import {prepareHost} from './site.js';

/** How much of a command's input may wait to be read, in bytes. */
const maxWaitingInput = 1_048_576;

/** `tanos host serve INSTANCE ROLE`: one session, for the console at the other end of standard input. */
export const hostServe: Command = async words => {
	const {
		arguments: {INSTANCE: instance, ROLE: role},
	} = parseCall(hostServeDefinition, words);
	const service = new SessionService(new Socket({fd: 0, readable: true, writable: true}));
	const [by] = await Promise.all([peerOf(instance), prepareHost()]);
	for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
		process.on(signal, () => service.stop());
	}

	await service.run(await hostEnvironment(by), {name: by.user, role: userRoles.find(one => one === role)!});
	return exitCodes.done;
};

/** Loads what a session imports when it needs it: an upgrade of the package may take it away before. A command imports all at its start. */
async function loadRest(): Promise<void> {
	await Promise.all([loadFlows(), import('../../appliance/lock.js'), import('../../installation/outcome.js')]);
}

/** Runs what the first message of a connection asks for. */
class SessionService {
	readonly #channel: Channel<ReceivedConsoleMessage, ServiceMessage>;
	#hangUp = () => {};

	constructor(socket: Socket) {
		this.#channel = new Channel(socket, consoleMessage);
	}

	/** Cancels open questions. Work in progress is completed. */
	stop(): void {
		this.#hangUp();
	}

	/** Resolves when the session has ended. */
	async run(environment: ConsoleEnvironment, user: User): Promise<void> {
		const first = await this.#channel.first();
		if (first?.type === 'open-console') {
			await this.#openConsole(environment, user, first.hasScreen);
		} else if (first?.type === 'run-command') {
			await this.#runCommand(environment, user, first);
		}

		await this.#channel.end();
	}

	async #openConsole(environment: ConsoleEnvironment, user: User, hasScreen: boolean): Promise<void> {
		const frontEnd = new RemoteFrontEnd(this.#channel, hasScreen);
		this.#listen(
			message => frontEnd.receive(message),
			() => frontEnd.hangUp(),
		);
		this.#channel.send({type: 'hello', ...headerOf(environment)});
		const {ended} = new Session(environment, frontEnd, user);
		void frontEnd.asked.then(loadRest);
		this.#channel.send({type: 'ended', ending: await ended});
	}

	async #runCommand(environment: ConsoleEnvironment, user: User, {command, terminal}: ReceivedConsoleMessage & {type: 'run-command'}) {
		const input = new PassThrough({highWaterMark: maxWaitingInput});
		const gone = new AbortController();
		this.#listen(
			message => {
				if (message.type === 'input' && !input.write(Buffer.from(message.data, 'base64'))) {
					input.destroy();
				} else if (message.type === 'input-ended') {
					input.end();
				}
			},
			() => {
				gone.abort();
				input.end();
			},
		);
		const streams = {input, output: this.#output('output'), errors: this.#output(terminal ? 'output' : 'errors'), terminal};
		const code = await runCommandLine(command, {...environment, user}, {...streams, signal: gone.signal});
		this.#channel.send({type: 'exited', code});
	}

	#listen(received: (message: ReceivedConsoleMessage) => void, hangUp: () => void): void {
		this.#hangUp = hangUp;
		this.#channel.listen({
			received,
			closed: fault => {
				if (fault) {
					process.stderr.write(`tanos: ${fault.message}\n`);
				}

				hangUp();
			},
		});
	}

	#output(type: 'output' | 'errors'): Writable {
		const channel = this.#channel;
		return new Writable({
			write(chunk: Buffer, _, done) {
				channel.send({type, data: chunk.toString('base64')});
				void channel.drained().then(() => done());
			},
		});
	}
}
