// A drawing of boxes and arrows in printable ASCII, which every terminal and every locale shows.
import type {DrawnRow, Tone} from '../conversation.js';

type Mark = {text: string; tone: Tone};

export class Canvas {
	readonly #cells: Mark[][] = [];

	constructor(private readonly columns: number) {}

	/** Writes a text from a cell on, over what is there. What is beyond the right edge is left out. */
	put(x: number, y: number, text: string, tone: Tone = 'plain'): void {
		while (this.#cells.length <= y) {
			this.#cells.push(Array.from({length: this.columns}, () => ({text: ' ', tone: 'plain'})));
		}

		for (const [index, character] of [...text].entries()) {
			if (x + index < this.columns) {
				this.#cells[y]![x + index] = {text: character, tone};
			}
		}
	}

	/** The frame of a box, with its title in the upper edge. `bottom` is the row of its lower edge. */
	box({x, y, width, bottom}: {x: number; y: number; width: number; bottom: number}, title: string): void {
		this.put(x, y, `+-- ${title} ${'-'.repeat(Math.max(0, width - title.length - 6))}+`);
		for (let row = y + 1; row < bottom; row++) {
			this.put(x, row, '|');
			this.put(x + width - 1, row, '|');
		}

		this.put(x, bottom, `+${'-'.repeat(width - 2)}+`);
	}

	/** An arrow of this many cells with its label in the middle. */
	arrow({x, y, width}: {x: number; y: number; width: number}, to: 'left' | 'right', {text, tone}: Mark): void {
		const label = ` ${text} `;
		const line = width - label.length - 1;
		const before = Math.max(1, Math.floor(line / 2));
		const dashes = '-'.repeat(before) + label + '-'.repeat(Math.max(0, line - before));
		this.put(x, y, (to === 'right' ? `${dashes}>` : `<${dashes}`).slice(0, width), tone);
	}

	/** The rows, each with its parts where they differ in tone. */
	rows(): DrawnRow[] {
		return this.#cells.map(cells => {
			const parts: Mark[] = [];
			for (const {text, tone} of cells) {
				const last = parts.at(-1);
				if (last?.tone === tone) {
					last.text += text;
				} else {
					parts.push({text, tone});
				}
			}

			const text = parts
				.map(part => part.text)
				.join('')
				.trimEnd();
			return {text, tone: 'plain', ...(parts.length > 1 && {parts})};
		});
	}
}
