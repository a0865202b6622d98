// Splits terminal input into single keys. Works on bytes, because a read may end inside a character or a sequence, and
// because the ready mark counts the bytes that have been handled.

export type KeyName =
	| 'enter' | 'backspace' | 'delete' | 'escape' | 'tab'
	| 'up' | 'down' | 'left' | 'right' | 'home' | 'end' | 'page-up' | 'page-down'
	| 'ctrl-c' | 'ctrl-d' | 'ctrl-u' | 'ctrl-w';

export type Key = {
	/** How many bytes of input this key was. */
	bytes: number;
} & (
	| {name: KeyName}
	| {name: 'text'; text: string}
	/** Input that means nothing here, such as a function key; it is counted and dropped. */
	| {name: 'other'}
);

type Split = {keys: Key[]; /** The start of a key whose end has not arrived yet. */ rest: Buffer};

const escape = 0x1B;

const controls = new Map<number, KeyName>([
	[0x03, 'ctrl-c'], [0x04, 'ctrl-d'], [0x08, 'backspace'], [0x09, 'tab'], [0x0A, 'enter'],
	[0x0D, 'enter'], [0x15, 'ctrl-u'], [0x17, 'ctrl-w'], [0x7F, 'backspace'],
]);

const sequences = new Map<string, KeyName>([
	['A', 'up'], ['B', 'down'], ['C', 'right'], ['D', 'left'], ['H', 'home'], ['F', 'end'],
	['1~', 'home'], ['3~', 'delete'], ['4~', 'end'], ['5~', 'page-up'], ['6~', 'page-down'], ['7~', 'home'], ['8~', 'end'],
]);

/**
 * Splits `input` into keys. With `final` nothing more is about to follow, so what stands alone is taken for what it is: an
 * ESC byte is the Escape key.
 */
export function splitKeys(input: Buffer, final: boolean): Split {
	const keys: Key[] = [];
	let at = 0;
	while (at < input.length) {
		const key = nextKey(input.subarray(at), final);
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

	if (first < 0x20 || first === 0x7F) {
		const name = controls.get(first);
		return name ? {name, bytes: 1} : {name: 'other', bytes: 1};
	}

	return character(input, final);
}

/** One UTF-8 character (RFC 3629). A byte that cannot begin one is dropped. */
function character(input: Buffer, final: boolean): Key | undefined {
	const first = input[0]!;
	const bytes = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
	if (bytes === 0) {
		return {name: 'other', bytes: 1};
	}

	if (input.length < bytes) {
		return final ? {name: 'other', bytes: 1} : undefined;
	}

	const text = input.toString('utf8', 0, bytes);
	return /[\uFFFD\p{Cc}]/u.test(text) ? {name: 'other', bytes} : {name: 'text', text, bytes};
}

/** CSI and SS3 sequences (ECMA-48 5.4). ESC before anything else is the Escape key, and the rest are keys of their own. */
function sequence(input: Buffer, final: boolean): Key | undefined {
	if (input.length === 1) {
		return final ? {name: 'escape', bytes: 1} : undefined;
	}

	const introducer = String.fromCharCode(input[1]!);
	if (introducer !== '[' && introducer !== 'O') {
		return {name: 'escape', bytes: 1};
	}

	const match = /^\u001B[[O]([\u0030-\u003F]*)[\u0020-\u002F]*([\u0040-\u007E])/.exec(input.toString('latin1', 0, 64));
	if (match) {
		const [whole, parameters, last] = match as unknown as [string, string, string];
		const name = sequences.get(last === '~' ? `${parameters}~` : last);
		return name ? {name, bytes: whole.length} : {name: 'other', bytes: whole.length};
	}

	const unfinished = /^\u001B[[O][\u0020-\u003F]*$/.test(input.toString('latin1', 0, 64)) && input.length < 64;
	return unfinished && !final ? undefined : {name: 'other', bytes: unfinished ? input.length : 2};
}
