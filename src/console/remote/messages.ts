// What a console and the process that runs its session say to each other, one JSON object a line. The console belongs to a person and shows
// what it is told; menus and flows run in a service with the rights that they need.
import * as v from 'valibot';
import {machines} from '../../appliance/roles.js';
import {tones, yesWords} from '../conversation.js';
import {hangUpReasons} from '../idle.js';
import {userRoles} from '../menus.js';
import {endings} from '../ending.js';

const id = v.pipe(v.number(), v.integer());
const lines = v.array(v.string());
const tone = v.picklist(tones);
/** Bytes in base64. */
const data = v.pipe(v.string(), v.base64());

/** Something that the console is to ask or to wait for; it answers with the same id. */
const asked = {id, prompt: v.string()};

/** What the service says. */
export const serviceMessage = v.variant('type', [
	v.object({type: v.literal('hello'), name: v.string(), role: v.string(), machine: v.picklist(machines), version: v.string()}),
	v.object({type: v.literal('signed-in'), name: v.string(), role: v.picklist(userRoles)}),
	v.object({type: v.literal('idle-limit'), seconds: v.number()}),
	v.object({
		type: v.literal('menu'),
		id,
		path: lines,
		last: lines,
		notice: v.string(),
		certificate: v.optional(v.object({text: v.string(), tone})),
	}),
	v.object({type: v.literal('conversation'), title: v.string()}),
	v.object({type: v.literal('print'), text: v.string(), tone}),
	v.object({type: v.literal('table'), rows: v.array(lines), heads: v.boolean(), bad: v.array(v.number())}),
	v.object({type: v.literal('copy'), text: v.string()}),
	v.object({type: v.literal('ask'), ...asked, isLineOfText: v.boolean(), isAnsweredBeside: v.boolean()}),
	v.object({type: v.literal('secret'), ...asked, isAnsweredBeside: v.boolean()}),
	v.object({type: v.literal('confirm'), ...asked, word: v.picklist(yesWords)}),
	v.object({type: v.literal('choose'), ...asked, choices: v.array(v.object({key: v.string(), label: v.string()}))}),
	v.object({type: v.literal('pause'), id}),
	v.object({type: v.literal('crash'), id, reference: v.string()}),
	v.object({type: v.literal('follow'), id}),
	v.object({type: v.literal('followed'), id, lines}),
	/** Work in progress begins; with a title it is shown as a step. */
	v.object({type: v.literal('begun'), id, title: v.optional(v.string())}),
	v.object({type: v.literal('done'), id, ok: v.boolean()}),
	v.object({type: v.literal('ended'), ending: v.picklist(endings)}),
	v.object({type: v.literal('output'), data}),
	v.object({type: v.literal('errors'), data}),
	v.object({type: v.literal('exited'), code: v.number()}),
]);
export type ServiceMessage = v.InferOutput<typeof serviceMessage>;

/** What the console says. The first message says what is wanted. */
export const consoleMessage = v.variant('type', [
	v.object({type: v.literal('open-console'), hasScreen: v.boolean()}),
	v.object({type: v.literal('run-command'), command: v.string(), terminal: v.boolean()}),
	v.object({
		type: v.literal('answer'),
		id,
		value: v.optional(v.union([v.string(), v.boolean()])),
		typedAhead: v.optional(v.string(), ''),
		highlighted: v.optional(lines, []),
	}),
	v.object({type: v.literal('cancelled'), id, typedAhead: v.optional(v.string(), ''), hungUp: v.optional(v.picklist(hangUpReasons))}),
	v.object({type: v.literal('input'), data}),
	v.object({type: v.literal('input-ended')}),
]);
export type ConsoleMessage = v.InferInput<typeof consoleMessage>;
export type ReceivedConsoleMessage = v.InferOutput<typeof consoleMessage>;
