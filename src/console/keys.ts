// Splits terminal input into single keys. Works on bytes, because a read may end inside a character or a sequence, and
// because the ready mark counts the bytes that have been handled.

type KeyName =
	| 'enter'
	| 'backspace'
	| 'delete'
	| 'escape'
	| 'tab'
	| 'up'
	| 'down'
	| 'left'
	| 'right'
	| 'home'
	| 'end'
	| 'page-up'
	| 'page-down'
	| 'ctrl-a'
	| 'ctrl-c'
	| 'ctrl-d'
	| 'ctrl-e'
	| 'ctrl-k'
	| 'ctrl-u'
	| 'ctrl-w'
	| 'paste-start'
	| 'paste-end';

export type Key = {
	/** The length of its input, in bytes. */
	bytes: number;
} & (
	| {name: KeyName}
	| {name: 'text'; text: string}
	/** Text that was pasted, as the keys that type it. */
	| {name: 'paste'; keys: Key[]}
	/** Input that does nothing here, such as a function key: it is counted and dropped. */
	| {name: 'other'}
);

type Split = {keys: Key[]; /** The start of a key whose end has not arrived yet. */ rest: Buffer};

const escape = 0x1b;

const controls = new Map<number, KeyName>([
	[0x01, 'ctrl-a'],
	[0x03, 'ctrl-c'],
	[0x04, 'ctrl-d'],
	[0x05, 'ctrl-e'],
	[0x08, 'backspace'],
	[0x09, 'tab'],
	[0x0a, 'enter'],
	[0x0b, 'ctrl-k'],
	[0x0d, 'enter'],
	[0x15, 'ctrl-u'],
	[0x17, 'ctrl-w'],
	[0x7f, 'backspace'],
]);

const sequences = new Map<string, KeyName>([
	['A', 'up'],
	['B', 'down'],
	['C', 'right'],
	['D', 'left'],
	['H', 'home'],
	['F', 'end'],
	['1~', 'home'],
	['3~', 'delete'],
	['4~', 'end'],
	['5~', 'page-up'],
	['6~', 'page-down'],
	['7~', 'home'],
	['8~', 'end'],
	['200~', 'paste-start'],
	['201~', 'paste-end'],
]);

/** What a terminal sends for a key; empty for a paste and for input that does nothing. */
export function sequenceOf(key: Key): string {
	if (key.name === 'text') {
		return key.text;
	}

	const [control] = [...controls].findLast(([, name]) => name === key.name) ?? (key.name === 'escape' ? [escape] : []);
	const [ending] = [...sequences].find(([, name]) => name === key.name) ?? [];
	return control === undefined ? (ending === undefined ? '' : `\u001B[${ending}`) : String.fromCharCode(control);
}

/** The keys of the printable ASCII characters, by their code. Pasted text is nearly all of them, and a megabyte of it takes long. */
const printable: ReadonlyArray<Key | undefined> = Array.from({length: 0x7f}, (_, code) =>
	code < 0x20 ? undefined : {name: 'text', text: String.fromCharCode(code), bytes: 1},
);

/**
 * Splits `input` into keys. With `final` no more input is expected, so an incomplete sequence is not kept as the rest: a lone ESC
 * byte is the Escape key.
 */
export function splitKeys(input: Buffer, final: boolean): Split {
	const keys: Key[] = [];
	let at = 0;
	while (at < input.length) {
		const key = printable[input[at]!] ?? nextKey(input.subarray(at), final);
		if (!key) {
			break;
		}

		keys.push(key);
		at += key.bytes;
	}

	return {keys, rest: input.subarray(at)};
}

function nextKey(input: Buffer, final: boolean): Key | undefined {
	const first = input[0]!;
	if (first === escape) {
		return sequence(input, final);
	}

	if (first < 0x20 || first === 0x7f) {
		return {name: controls.get(first) ?? 'other', bytes: 1};
	}

	return character(input, final);
}

/** One UTF-8 character (RFC 3629). Only the invalid byte is dropped, because the bytes after it may be a key. */
function character(input: Buffer, final: boolean): Key | undefined {
	const bytes = lengthOfCharacter(input[0]!);
	const arrived = input.subarray(0, bytes);
	if (bytes === 0 || arrived.subarray(1).some(byte => byte < 0x80 || byte > 0xbf)) {
		return {name: 'other', bytes: 1};
	}

	if (arrived.length < bytes) {
		return final ? {name: 'other', bytes: 1} : undefined;
	}

	const text = arrived.toString('utf8');
	return /[\uFFFD\p{Cc}]/u.test(text) ? {name: 'other', bytes} : {name: 'text', text, bytes};
}

/** The length in bytes of the character beyond ASCII that starts with this byte; 0 when it cannot start one. */
function lengthOfCharacter(first: number): number {
	return first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** A longer sequence is not a key. */
const maxSequenceLength = 64;
/** The Linux console sends ESC [ [ A to ESC [ [ E for F1 to F5, which breaks the rule of ECMA-48 that `[` ends a sequence. */
const whole = /^\u001B[[O]([\u0030-\u003F]*)[\u0020-\u002F]*(\[[A-E]|[\u0040-\u005A\u005C-\u007E])/;
const unfinished = /^\u001B[[O][\u0020-\u003F]*\[?$/;

/** CSI and SS3 sequences (ECMA-48 5.4). ESC before any other byte is the Escape key, and the bytes after it are further keys. */
function sequence(input: Buffer, final: boolean): Key | undefined {
	if (input.length === 1) {
		return final ? {name: 'escape', bytes: 1} : undefined;
	}

	const introducer = String.fromCharCode(input[1]!);
	if (introducer !== '[' && introducer !== 'O') {
		return {name: 'escape', bytes: 1};
	}

	const text = input.toString('latin1', 0, maxSequenceLength);
	const match = whole.exec(text);
	if (match) {
		const [{length}, parameters, last] = match as unknown as [string, string, string];
		const name = sequences.get(last === '~' ? `${parameters}~` : last);
		return {name: name ?? 'other', bytes: length};
	}

	if (input.length < maxSequenceLength && unfinished.test(text)) {
		return final ? {name: 'other', bytes: input.length} : undefined;
	}

	return {name: 'other', bytes: 2};
}
