// A conversion in another process: what it is given and what it answers, one JSON object each. Neither end trusts the form of what it gets.
import * as v from 'valibot';
import {Problem} from '../../problem.js';
import type {Converted, ConversionInput} from './convert.js';

const role = v.picklist(['cert', 'key']);
const base64 = v.pipe(v.string(), v.base64());
const bytes = v.pipe(
	base64,
	v.transform((text): Uint8Array => Buffer.from(text, 'base64')),
);

const source = v.object({
	name: v.string(),
	bytes,
	passphrase: v.string(),
	keep: v.boolean(),
	leaveOut: v.optional(v.array(v.number()), []),
});

const input = v.object({cert: v.exactOptional(source), key: v.exactOptional(source)});

const answer = v.union([
	v.object({
		converted: v.object({
			certificate: v.exactOptional(bytes),
			key: v.exactOptional(bytes),
			isKeyAlone: v.exactOptional(v.literal(true)),
			from: v.object({certificate: role, key: role}),
			done: v.array(v.string()),
		}),
	}),
	v.object({problem: v.object({code: v.string(), message: v.string(), hint: v.string()})}),
]);

/** Bytes in base64, where JSON has none. */
function withBase64(_: string, value: unknown): unknown {
	return isJsonOfBuffer(value) ? Buffer.from(value.data).toString('base64') : value;
}

/** Buffer has a toJSON(), which comes before any replacer. */
function isJsonOfBuffer(value: unknown): value is {data: number[]} {
	return typeof value === 'object' && value !== null && (value as {type?: unknown}).type === 'Buffer';
}

export function inputMessage({cert, key}: ConversionInput): string {
	const withBuffer = (one: ConversionInput['cert']) => one && {...one, bytes: Buffer.from(one.bytes)};
	return JSON.stringify({cert: withBuffer(cert), key: withBuffer(key)}, withBase64);
}

/** Throws for what is no such message. */
export function readInputMessage(text: string): ConversionInput {
	return v.parse(input, JSON.parse(text));
}

/** The answer of a conversion that runs. Rejects for what is no Problem. */
export async function answerMessage(conversion: Promise<Converted>): Promise<string> {
	try {
		const {certificate, key, ...rest} = await conversion;
		const converted = {...rest, ...(certificate && {certificate: Buffer.from(certificate)}), ...(key && {key: Buffer.from(key)})};
		return JSON.stringify({converted}, withBase64);
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		const {code, message, hint} = error;
		return JSON.stringify({problem: {code, message, hint}});
	}
}

/** Throws the Problem that the answer tells, and for what is no such message. */
export function readAnswerMessage(text: string): Converted {
	const read = v.parse(answer, JSON.parse(text));
	if ('problem' in read) {
		throw new Problem(read.problem.code, read.problem.message, read.problem.hint);
	}

	return read.converted;
}
