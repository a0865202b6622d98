import {writeFile} from 'node:fs/promises';
import {messageOf, messageWithHint, Problem} from '../problem.js';
import {sanitise} from '../sanitise.js';

/** Plays a tape, and writes how that ended as JUnit XML if a file is named. Settles as the work does. */
export async function reported<Result>(file: string | undefined, tape: string, work: () => Promise<Result>): Promise<Result> {
	const start = performance.now();
	const write = async (failure?: unknown) => {
		if (file !== undefined) {
			await save(file, junit(tape, (performance.now() - start) / 1000, failure));
		}
	};

	let result;
	try {
		result = await work();
	} catch (error) {
		await write(error);
		throw error;
	}

	await write();
	return result;
}

/** One suite with one case, as Jenkins and GitLab read it. */
function junit(tape: string, seconds: number, failure: unknown): string {
	const time = `time="${seconds.toFixed(3)}"`;
	const counts = `tests="1" failures="${failure === undefined ? 0 : 1}" errors="0"`;
	const text = failure === undefined ? '' : messageWithHint(failure);
	const body = failure === undefined ? '' : `<failure message="${escape(text.split('\n')[0]!)}">${escape(text)}</failure>`;
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites ${counts} ${time}>`,
		`<testsuite name="tanos replay" ${counts} ${time}>`,
		`<testcase classname="tanos replay" name="${escape(tape)}" ${time}>${body}</testcase>`,
		'</testsuite>',
		'</testsuites>',
		'',
	].join('\n');
}

const entities: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};

/** Control characters have no place in XML 1.0, not even escaped. */
function escape(text: string): string {
	const lines = text.split('\n').map(line => sanitise(line));
	return lines.join('\n').replaceAll(/[&<>"]/g, character => entities[character]!);
}

async function save(file: string, text: string): Promise<void> {
	await writeFile(file, text).catch((error: unknown) => {
		throw new Problem('cannot-write', `${file} cannot be written. ${messageOf(error)}`, 'Name another file: --junit FILE', {cause: error});
	});
}
