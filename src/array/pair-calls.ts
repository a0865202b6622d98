// The JSON of the words check, install, restore and outcome: what a manager asks the members of its array about pairs, and their answers.
import * as v from 'valibot';
import type {UploadedFile} from '../certificates/parse/uploaded-file.js';
import {sanitise} from '../sanitise.js';

/** The bytes of one file. Over SSH they are encrypted; they are stored nowhere on the way. */
const fileSchema = v.object({name: v.string(), base64: v.pipe(v.string(), v.base64())});

/** A certificate and its key as they were read on the manager. */
const pairSchema = v.object({certificate: fileSchema, key: fileSchema});
export type SentPair = v.InferOutput<typeof pairSchema>;

/** Names one change for good: the same order again is never carried out twice. */
const operation = v.pipe(v.string(), v.uuid());
const overlap = v.boolean();

/** A Tanium Console administrator. */
export const credentialsCall = v.object({username: v.string(), password: v.string()});

export const checkCall = v.object({pair: pairSchema, overlap});
/** `credentials`: of a Tanium Console administrator, to register the Module Server with afterwards. */
export const installCall = v.object({
	operation,
	pair: pairSchema,
	overlap,
	credentials: v.optional(credentialsCall),
});
/** `replaces`: the fingerprint of the certificate that must be in place; another pair stays. */
export const restoreCall = v.object({operation, backup: v.string(), replaces: v.string(), overlap});
export const outcomeCall = v.object({operation});

/** Text of a member, fit for display: it is on another machine. */
const text = v.pipe(v.string(), v.maxLength(4000), v.transform(sanitise));

const leafSchema = v.object({fingerprint: text, subject: text, names: v.array(text), notAfter: text});

/** What a member finds when it checks a pair for its Tanium Server. */
export const checkAnswer = v.object({
	findings: v.array(
		v.object({
			severity: v.picklist(['error', 'warning']),
			id: v.string(),
			file: v.optional(v.string()),
			message: v.string(),
			hint: v.string(),
		}),
	),
	/** The certificates in place and in the pair; null where one cannot be read. */
	old: v.nullable(leafSchema),
	new: v.nullable(leafSchema),
	/** Whether the pair is in place already. */
	isInstalled: v.boolean(),
	/** Where its Module Server is, `HOST:PORT`. Servers that share one are not changed at once. */
	moduleServer: text,
	/** Why a pair without errors cannot be installed now; null when it can. */
	problem: v.nullable(text),
});
export type PairCheck = v.InferOutput<typeof checkAnswer>;

/** How an ordered change has ended, or that it has not. */
export const changeAnswer = v.variant('state', [
	v.object({state: v.literal('unknown')}),
	v.object({state: v.literal('running')}),
	v.object({
		state: v.literal('ended'),
		outcome: v.picklist(['installed', 'refused', 'stale', 'rolled-back', 'needs-hands', 'nothing-to-do']),
		told: v.array(text),
		/** The id of the change, which is that of its backup; null when there was none. */
		change: v.nullable(v.pipe(v.string(), v.regex(/^[\d-]{1,40}$/))),
		/** In milliseconds, as in the record of the change. */
		outageMilliseconds: v.nullable(v.number()),
		/** What is wrong although the pair is installed, such as that the Module Server was not registered; null for nothing. */
		lacks: v.nullable(text),
	}),
]);
export type ChangeAnswer = v.InferOutput<typeof changeAnswer>;
export type EndedChange = Extract<ChangeAnswer, {state: 'ended'}>;

/** What a member says while it carries a change out: the title of the step that begins, and when the new certificate is proven. */
export const progressSchema = v.object({step: v.optional(v.string()), proven: v.optional(v.literal(true))});
export type Progress = v.InferOutput<typeof progressSchema>;

/** A Tanium Console administrator, with whose name and password on each Tanium Server its Module Server is registered. */
export type Credentials = {username: string; passwords: Readonly<Record<string, string>>};

/** The files for a call. */
export function sentPair(certificate: UploadedFile, key: UploadedFile): SentPair {
	return {certificate: sentFile(certificate), key: sentFile(key)};
}

function sentFile(file: UploadedFile): SentPair['key'] {
	return {name: file.name, base64: file.state === 'read' ? file.bytes.toString('base64') : ''};
}

/** The files of a call as if they had been uploaded here. */
export function receivedFile({name, base64}: SentPair['key']): UploadedFile {
	return {name, state: 'read', bytes: Buffer.from(base64, 'base64'), links: 1, mode: 0o600};
}
