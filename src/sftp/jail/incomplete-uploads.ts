// Which files are being uploaded, so that the mark of an incomplete upload (appliance/upload-incomplete.ts) is set and removed
// at the right moments. A file may be open more than once: a client that lost its connection resumes on a new one before the
// server has noticed that the old one is dead.
import {fchmodSync, fstatSync, type Stats} from 'node:fs';
import {isIncomplete, incompleteMark} from '../../appliance/upload-incomplete.js';

/** A file while it is open for writing. */
type Target = {key: string; marked: boolean; writers: Set<Upload>};

/** The uploads of all sessions. Marks are set through descriptors and synchronously: they do not touch the content. */
export class Uploads {
	readonly #targets = new Map<string, Target>();
	#moment = 0;

	/** Adds a file that was opened for writing. A new file has the mark already; another gets it with its first change. */
	begin(descriptor: number, stats: Stats): Upload {
		const key = `${stats.dev}:${stats.ino}`;
		const target = this.#targets.get(key) ?? {key, marked: isIncomplete(stats), writers: new Set<Upload>()};
		this.#targets.set(key, target);
		return new Upload(
			descriptor,
			target,
			() => ++this.#moment,
			() => this.#targets.delete(key),
		);
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
		private readonly remove: () => void,
	) {
		this.#begun = moment();
		target.writers.add(this);
	}

	/** Must be called before the content changes. */
	change(): void {
		this.#changed = this.moment();
		if (!this.target.marked) {
			fchmodSync(this.descriptor, (fstatSync(this.descriptor).mode & 0o777) | incompleteMark);
			this.target.marked = true;
		}
	}

	/**
	 * Ends the upload, while the file is still open. A complete upload removes the mark, unless another upload that is still
	 * open has written since this one began: then that one decides.
	 */
	end(complete: boolean): void {
		this.target.writers.delete(this);
		if (this.target.writers.size === 0) {
			this.remove();
		}

		if (complete && ![...this.target.writers].some(other => other.#changed > this.#begun)) {
			fchmodSync(this.descriptor, fstatSync(this.descriptor).mode & 0o777);
			this.target.marked = false;
		}
	}
}

export type {Upload};
