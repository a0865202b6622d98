// A command of another appliance that takes JSON on standard input and answers in JSON.
import type {Client, ClientChannel} from 'ssh2';
import * as v from 'valibot';
import {parseJson} from '../parse-json.js';
import {Problem} from '../problem.js';
import {sanitise} from '../sanitise.js';

/** Milliseconds of silence after which an answer is not waited for any more. A registration restarts services. */
const answerTimeoutMs = 60_000;
/** Milliseconds after which an answer is not waited for any more, whatever progress is told meanwhile. */
const longestMs = 30 * 60_000;
const maxAnswerBytes = 256 * 1024;

export type RemoteCall = {
	/** The host, for messages. */
	label: string;
	command: string;
	/** Sent as one line of JSON. */
	body: object;
	/** Called for each line of the form `{"progress": ...}` that comes before the answer. */
	onProgress?: (progress: unknown) => void;
};

/** Runs a command that answers in JSON. Rejects with the Problem that it prints, or with `member-silent` or `member-failed`. */
export async function runJsonCommand(client: Client, {label, command, body, onProgress = () => {}}: RemoteCall): Promise<unknown> {
	const {promise, resolve, reject} = Promise.withResolvers<{output: string; errors: string; code: number | undefined}>();
	const silent = (afterMs: number) =>
		setTimeout(() => {
			reject(new Problem('member-silent', `${label} did not answer within ${afterMs / 1000} seconds.`, 'Look at its log.'));
		}, afterMs);
	const timers = {silence: silent(answerTimeoutMs), whole: silent(longestMs)};
	client.once('close', () =>
		reject(new Problem('member-silent', `The connection to ${label} was lost.`, 'Look at the state of both, then try again.')),
	);
	client.exec(command, (error, channel) => {
		if (error) {
			reject(new Problem('member-failed', `${label} refuses commands: ${sanitise(error.message)}.`, '', {cause: error}));
		} else {
			collect(channel, resolve, progress => {
				timers.silence.refresh();
				onProgress(progress);
			});
			channel.end(`${JSON.stringify(body)}\n`);
		}
	});
	try {
		return answerIn(label, await promise);
	} finally {
		clearTimeout(timers.silence);
		clearTimeout(timers.whole);
	}
}

type Collected = {output: string; errors: string; code: number | undefined};

function collect(channel: ClientChannel, resolve: (collected: Collected) => void, onProgress: (progress: unknown) => void): void {
	const [output, errors] = [new Limited(), new Limited()];
	let code: number | undefined;
	channel.on('data', (bytes: Buffer) => {
		output.add(bytes);
		for (const progress of output.takeProgress()) {
			onProgress(progress);
		}
	});
	channel.stderr.on('data', (bytes: Buffer) => errors.add(bytes));
	channel.on('exit', (status: number | null) => {
		code = status ?? undefined;
	});
	channel.once('close', () => resolve({output: output.text, errors: errors.text, code}));
}

/** Text of a host, of which no more is kept than an answer may have. */
class Limited {
	#parts: Buffer[] = [];
	#length = 0;

	add(bytes: Buffer): void {
		this.#length += bytes.length;
		if (this.#length <= maxAnswerBytes) {
			this.#parts.push(bytes);
		}
	}

	/** Removes the whole lines at the beginning that are progress, and gives what each says. */
	takeProgress(): unknown[] {
		const found = [];
		for (;;) {
			const bytes = Buffer.concat(this.#parts);
			const end = bytes.indexOf('\n');
			const line = v.safeParse(progressSchema, parseJson(bytes.toString('utf8', 0, Math.max(0, end))));
			if (!line.success) {
				return found;
			}

			found.push(line.output.progress);
			this.#parts = [bytes.subarray(end + 1)];
			this.#length -= end + 1;
		}
	}

	get text(): string {
		return Buffer.concat(this.#parts).toString('utf8');
	}
}

const progressSchema = v.object({progress: v.unknown()});

/** How a command says why it did not do what was asked. */
const problemSchema = v.object({problem: v.object({code: v.string(), message: v.string(), hint: v.string()})});

function answerIn(label: string, {output, errors, code}: Collected): unknown {
	const answer = parseJson(output);
	const told = v.safeParse(problemSchema, answer);
	if (told.success) {
		const {code: word, message, hint} = told.output.problem;
		throw new Problem(word, `${label}: ${sanitise(message)}`, sanitise(hint));
	}

	if (answer === undefined || code !== 0) {
		const said = sanitise(errors.trim().split('\n').join(' ')).slice(0, 500);
		throw new Problem(
			'member-failed',
			`${label} failed${said === '' ? ` with exit status ${code ?? 'unknown'}` : `: ${said}`}`,
			'Look at its log.',
		);
	}

	return answer;
}
