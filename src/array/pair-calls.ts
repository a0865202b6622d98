// The JSON of the words check, install, restore and outcome: what a manager asks the members of its array about pairs, and their answers.
import * as v from 'valibot';
import type {UploadedFile} from '../certificates/parse/uploaded-file.js';

/** The bytes of one file. Over SSH they are encrypted; they are stored nowhere on the way. */
const fileSchema = v.object({name: v.string(), base64: v.pipe(v.string(), v.base64())});

/** A certificate and its key as they were read on the manager. */
const pairSchema = v.object({certificate: fileSchema, key: fileSchema});
export type SentPair = v.InferOutput<typeof pairSchema>;

/** Names one change for good: the same order again is never carried out twice. */
const operation = v.pipe(v.string(), v.uuid());
const overlap = v.boolean();

export const checkCall = v.object({pair: pairSchema, overlap});
/** `credentials`: of a Tanium Console administrator, to register the Module Server with afterwards. */
export const installCall = v.object({
	operation,
	pair: pairSchema,
	overlap,
	credentials: v.optional(v.object({username: v.string(), password: v.string()})),
});
export const restoreCall = v.object({operation, backup: v.string(), overlap});
export const outcomeCall = v.object({operation});

const leafSchema = v.object({fingerprint: v.string(), subject: v.string(), names: v.array(v.string()), notAfter: v.string()});

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
	moduleServer: v.string(),
	/** Why a pair without errors cannot be installed now; null when it can. */
	problem: v.nullable(v.string()),
});
export type PairCheck = v.InferOutput<typeof checkAnswer>;

/** How an ordered change has ended, or that it has not. */
export const changeAnswer = v.variant('state', [
	v.object({state: v.literal('unknown')}),
	v.object({state: v.literal('running')}),
	v.object({
		state: v.literal('ended'),
		/** `installed`, `refused`, `stale`, `rolled-back`, `needs-hands` or `nothing-to-do`. */
		outcome: v.string(),
		told: v.array(v.string()),
		/** The id of the change, which is that of its backup; null when there was none. */
		change: v.nullable(v.string()),
		/** In milliseconds, as in the record of the change. */
		outageMilliseconds: v.nullable(v.number()),
		/** Why the Module Server was not registered afterwards; null when it was, or need not be. */
		notRegistered: v.nullable(v.string()),
	}),
]);
export type ChangeAnswer = v.InferOutput<typeof changeAnswer>;
export type EndedChange = Extract<ChangeAnswer, {state: 'ended'}>;

/** What a member says while it carries a change out: the title of the step that begins, and when the new certificate is proven. */
export const progressSchema = v.object({step: v.optional(v.string()), proven: v.optional(v.literal(true))});
export type Progress = v.InferOutput<typeof progressSchema>;

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
