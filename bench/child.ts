// The process of one benchmark: child.js MODULE FOLDER. It sends its figures to the process that started it, which kills it at the end.
import {spawn} from 'node:child_process';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type {Measure} from './benchmark.js';
import type {Figure} from './figure.js';
import {killIfThere} from './processes.js';

/** A figure, or the end, with the error if there was one. */
export type Message = {figure: Figure} | {failure?: string; stack?: string};

const [module = '', folder = ''] = process.argv.slice(2);

// The process that started this one was killed and cannot clean up. This one cannot either: its benchmark would keep running.
process.once('disconnect', () => {
	spawn(process.execPath, [fileURLToPath(new URL('remove-folder.js', import.meta.url)), folder], {detached: true, stdio: 'ignore'});
	killIfThere(-process.pid);
});

function send(message: Message): void {
	process.send!(message);
}

try {
	const {measure} = (await import(module)) as {measure: Measure};
	for await (const figure of measure(folder)) {
		send({figure});
	}

	send({});
} catch (error) {
	send(error instanceof Error ? {failure: error.message, stack: error.stack ?? ''} : {failure: String(error)});
}
