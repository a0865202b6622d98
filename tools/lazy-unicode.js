// Two Unicode tables take 15 and 23 ms to load, and the libraries that measure text ask for them when they are imported,
// long before any text needs them. In the bundle these stand in: the same, loaded at the first use.

export class LazySegmenter {
	#words;
	#real;

	constructor(...words) {
		this.#words = words;
	}

	segment(text) {
		if (isAscii(text)) {
			return Array.from(text, (segment, index) => ({segment, index, input: text}));
		}

		this.#real ??= new globalThis.Intl['Segmenter'](...this.#words);
		return this.#real.segment(text);
	}
}

/** Each ASCII character is a grapheme of its own, but for a CR with its LF (Unicode Standard Annex 29, GB3). */
function isAscii(text) {
	return /^[\0-\u007F]*$/.test(text) && !text.includes('\r\n');
}

const emoji = {
	test(text) {
		this.real ??= new RegExp('^\\p{RGI_Emoji}$', 'v');
		return this.real.test(text);
	},
};

export {emoji as lazyEmojiPattern};
