// Which files are being uploaded, so that the mark of an unfinished file (appliance/unfinished.ts) comes and goes at the right
// moments. A file may be open several times: a client that was cut off comes back to resume before its old connection is known
// to be dead.
import {fchmodSync, fstatSync, type Stats} from 'node:fs';
import {isIncomplete, incompleteMark} from '../../appliance/upload-incomplete.js';

/** A file as long as somebody has it open for writing. */
type Target = {key: string; marked: boolean; writers: Set<Upload>};

/** The uploads of all sessions. Marks are set and taken off through descriptors, without a detour: they touch no file's content. */
export class Uploads {
	readonly #targets = new Map<string, Target>();
	#moment = 0;

	/** Takes note of a file that is open for writing. One that was made for it has the mark already; others get it when they change. */
	begin(descriptor: number, stats: Stats): Upload {
		const key = `${stats.dev}:${stats.ino}`;
		const target = this.#targets.get(key) ?? {key, marked: isIncomplete(stats), writers: new Set<Upload>()};
		this.#targets.set(key, target);
		return new Upload(descriptor, target, () => ++this.#moment, () => this.#targets.delete(key));
	}
}

/** One file that one client has open for writing. */
class Upload {
	readonly #begun: number;
	#changed = 0;

	constructor(
		private readonly descriptor: number,
		private readonly target: Target,
		private readonly moment: () => number,
		private readonly forget: () => void,
	) {
		this.#begun = moment();
		target.writers.add(this);
	}

	/** Says that the content is about to change. */
	change(): void {
		this.#changed = this.moment();
		if (!this.target.marked) {
			fchmodSync(this.descriptor, (fstatSync(this.descriptor).mode & 0o777) | incompleteMark);
			this.target.marked = true;
		}
	}

	/**
	 * Ends it, while the file is still open. A whole upload makes the file whole, unless another one has written to it meanwhile:
	 * then that one decides. What others wrote before this upload began is what it went on from.
	 */
	end(whole: boolean): void {
		this.target.writers.delete(this);
		if (this.target.writers.size === 0) {
			this.forget();
		}

		if (whole && ![...this.target.writers].some(other => other.#changed > this.#begun)) {
			fchmodSync(this.descriptor, fstatSync(this.descriptor).mode & 0o777);
			this.target.marked = false;
		}
	}
}

export type {Upload};
