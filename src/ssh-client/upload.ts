// Files into a folder of an appliance.
import {Problem} from '../problem.js';
import {connect} from './connect.js';
import type {Host, Operator} from './host.js';
import {RemoteFiles} from './remote-files.js';
import {type LocalFile, uploadPart, type UploadedPart} from './upload-part.js';

type Progress = {file: string; done: number; total: number};

type Uploaded = {
	name: string;
	bytes: number;
	/** How many of them were there from an upload before. */
	resumed: number;
	/** Whether it took its place in one step. */
	atomic: boolean;
};

export type Delivery = {
	/** The fingerprint of the appliance's host key. */
	hostKey: string;
	files: Uploaded[];
};

export type UploadJob = {
	/** The hosts on the way, the appliance last. */
	route: readonly Host[];
	folder: string;
	files: readonly LocalFile[];
	/** Is told what the host has confirmed. */
	report: (uploadPart: Progress) => void;
};

/**
 * Uploads files to the last host of a route. All are there and read back before the first takes its place, and they take
 * their places in the order given: whoever waits for the last one sees all. Rejects with a Problem; what was staged is
 * removed then.
 */
export async function upload(order: UploadJob, operator: Operator): Promise<Delivery> {
	const link = await connect(order.route, operator);
	try {
		const remote = await RemoteFiles.of(link.client);
		return {hostKey: link.fingerprint, files: await deliver(remote, order)};
	} finally {
		link.close();
	}
}

async function deliver(remote: RemoteFiles, {folder, files, report}: UploadJob): Promise<Uploaded[]> {
	const staged: Array<{file: LocalFile; stand: UploadedPart}> = [];
	const placed: Uploaded[] = [];
	try {
		for (const file of files) {
			const {name, bytes} = file;
			staged.push({file, stand: await uploadPart(remote, folder, file, done => report({file: name, done, total: bytes.length}))});
		}

		for (const {file: {name, bytes}, stand} of staged) {
			const atomic = await stand.place();
			placed.push({name, bytes: bytes.length, resumed: stand.resumed, atomic});
		}

		return placed;
	} catch (error) {
		await Promise.all(staged.map(async ({stand}) => stand.discard()));
		throw withPlaced(error, placed);
	}
}

function withPlaced(error: unknown, placed: readonly Uploaded[]): unknown {
	return error instanceof Problem && placed.length > 0
		? new Problem(error.code, `${error.message} In its place already: ${placed.map(({name}) => name).join(', ')}.`, error.hint, {cause: error})
		: error;
}
