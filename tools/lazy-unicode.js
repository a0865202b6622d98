// Two Unicode tables take 15 and 23 ms to load, and the libraries that measure text load them when they are imported, long before
// any text needs them. The bundle replaces them by these, which load the same tables at the first use.

export class LazySegmenter {
	#words;
	#real;

	constructor(...words) {
		this.#words = words;
	}

	segment(text) {
		if (isAscii(text)) {
			return new AsciiSegments(text);
		}

		this.#real ??= new globalThis.Intl['Segmenter'](...this.#words);
		return this.#real.segment(text);
	}
}

/** What Intl.Segmenter's segment() returns, for text in which every character is a grapheme. */
class AsciiSegments {
	#text;

	constructor(text) {
		this.#text = text;
	}

	containing(index = 0) {
		const segment = this.#text[index];
		return segment === undefined ? undefined : {segment, index, input: this.#text};
	}

	*[Symbol.iterator]() {
		for (let index = 0; index < this.#text.length; index++) {
			yield this.containing(index);
		}
	}
}

/** Each ASCII character is one grapheme, except a CR followed by LF (Unicode Standard Annex 29, GB3). */
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
