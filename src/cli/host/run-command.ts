import process from 'node:process';
import type {Socket} from 'node:net';
import {Channel} from '../../console/remote/channel.js';
import {serviceMessage, type ConsoleMessage, type ServiceMessage} from '../../console/remote/messages.js';
import {exitCodes} from '../../exit-codes.js';
import {Problem} from '../../problem.js';
import {isTerminal, onSignals} from '../terminal.js';

/** Passes on input and output of the command at the other end of this connection. Resolves with its exit code. */
export async function runCommand(socket: Socket): Promise<number> {
	const service = new Channel<ServiceMessage, ConsoleMessage>(socket, serviceMessage);
	const {stdin, stdout, stderr} = process;
	const terminal = isTerminal();
	const ended = Promise.withResolvers<number>();
	service.listen({
		received(message) {
			if (message.type === 'output' || message.type === 'errors') {
				(message.type === 'output' ? stdout : stderr).write(Buffer.from(message.data, 'base64'));
			} else if (message.type === 'exited') {
				ended.resolve(message.code);
			}
		},
		closed: () => ended.reject(serviceLost()),
	});
	stdin.on('data', (bytes: Buffer) => {
		service.send({type: 'input', data: bytes.toString('base64')});
	});
	stdin.once('end', () => service.send({type: 'input-ended'}));
	const giveUp = () => ended.resolve(exitCodes.no);
	onSignals(giveUp);
	for (const stream of [stdout, stderr]) {
		stream.on('error', giveUp); // Nobody reads it any more.
	}

	stdin.setRawMode?.(terminal);
	try {
		return await ended.promise;
	} finally {
		stdin.setRawMode?.(false);
		stdin.destroy();
		void service.end();
	}
}

function serviceLost(): Problem {
	return new Problem(
		'service-lost',
		'The service that ran this command has ended.',
		'An installation that it had begun is finished or undone by the host itself. See: soap history',
	);
}
