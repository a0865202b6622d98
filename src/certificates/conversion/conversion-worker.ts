// The worker thread of a conversion. Its memory is released when it ends, including the strings that forge made of a private key.
import {parentPort, workerData} from 'node:worker_threads';
import {convert, type ConversionInput, type Converted} from './convert.js';
import {Problem, messageOf} from '../../problem.js';

/** What comes back from the thread: an error loses its class when it is posted. */
export type Answer = {converted: Converted} | {problem: {code: string; message: string; hint: string}};

parentPort?.postMessage(answer());

function answer(): Answer {
	try {
		return {converted: convert(workerData as ConversionInput)};
	} catch (error) {
		const {code, message, hint} =
			error instanceof Problem
				? error
				: new Problem('not-convertible', `The conversion failed: ${messageOf(error)}.`, 'Convert the file where it was made.');
		return {problem: {code, message, hint}};
	}
}
