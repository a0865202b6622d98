// Conversions of uploads on a host: in a unit without privileges, files or network, for a session that has them.
import process from 'node:process';
import {text} from 'node:stream/consumers';
import {answerMessage, inputMessage, readAnswerMessage, readInputMessage} from '../../certificates/conversion/conversion-messages.js';
import {convertInThread} from '../../certificates/conversion/conversion.js';
import type {Converted, ConversionInput} from '../../certificates/conversion/convert.js';
import {exitCodes} from '../../exit-codes.js';
import {Problem} from '../../problem.js';
import {connectToFirst} from '../../services/local-socket.js';
import {print, type Command} from '../command.js';
import {hostConvertDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';

const socketFile = '/run/tanos/convert.sock';

/** How long the unit may take, in milliseconds: longer than a conversion. */
const timeoutMs = 90_000;

/** The longest answer that is taken, in characters: more than both files have in base64. */
const maxAnswer = 1_048_576;

/** `tanos host convert`: one conversion, in the unit. */
export const hostConvert: Command = async words => {
	parseCall(hostConvertDefinition, words);
	const alive = setInterval(() => {}, timeoutMs); // Nothing else keeps this process while the thread is at work.
	try {
		print(await answerMessage(convertInThread(readInputMessage(await text(process.stdin)))));
	} finally {
		clearInterval(alive);
	}

	return exitCodes.done;
};

/** Converts in the unit. Rejects as convertInThread() does, and with Problem `no-converter` when the unit does not answer. */
export async function convertInUnit(input: ConversionInput): Promise<Converted> {
	const {socket} = await connectToFirst([socketFile]);
	if (!socket) {
		throw noConverter('it cannot be connected to.');
	}

	const timeout = setTimeout(() => socket.destroy(), timeoutMs);
	try {
		socket.end(inputMessage(input));
		let answer = '';
		for await (const part of socket.setEncoding('utf8')) {
			answer += String(part);
			if (answer.length > maxAnswer) {
				throw noConverter('its answer is too long.');
			}
		}

		return readAnswerMessage(answer);
	} catch (error) {
		throw error instanceof Problem ? error : noConverter('it gave no answer.', error);
	} finally {
		clearTimeout(timeout);
		socket.destroy();
	}
}

function noConverter(why: string, cause?: unknown): Problem {
	return new Problem(
		'no-converter',
		`The unit that converts uploads failed: ${why}`,
		'Look at it: journalctl -t tanos-convert; systemctl status tanos-convert.socket. Or convert the file where it was made.',
		{cause},
	);
}
