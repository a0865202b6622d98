// Uploads files into a folder of an appliance.
import {Problem} from '../problem.js';
import {connect} from './connect.js';
import type {Host, Operator} from './host.js';
import {RemoteFiles} from './remote-files.js';
import {type LocalFile, uploadPart, type UploadedPart} from './upload-part.js';

type Progress = {file: string; done: number; total: number};

type Uploaded = {
	name: string;
	bytes: number;
	/** How many of them a previous upload had left. */
	resumed: number;
	/** Whether the rename was atomic. */
	atomic: boolean;
};

export type Delivery = {
	/** The fingerprint of the appliance's host key. */
	hostKey: string;
	files: Uploaded[];
};

export type UploadJob = {
	/** The jump hosts, then the appliance. */
	route: readonly Host[];
	folder: string;
	files: readonly LocalFile[];
	/** Called with what the host has confirmed. */
	report: (progress: Progress) => void;
};

/**
 * Uploads files to the last host of a route. All are uploaded and read back before the first is renamed, and they are renamed in
 * the given order: a reader that waits for the last file finds all. Rejects with a Problem, after removing the uploaded parts.
 */
export async function upload(job: UploadJob, operator: Operator): Promise<Delivery> {
	const link = await connect(job.route, operator);
	try {
		const remote = await RemoteFiles.of(link.client);
		return {hostKey: link.fingerprint, files: await deliver(remote, job)};
	} finally {
		link.close();
	}
}

async function deliver(remote: RemoteFiles, {folder, files, report}: UploadJob): Promise<Uploaded[]> {
	const uploaded: Array<{file: LocalFile; part: UploadedPart}> = [];
	const placed: Uploaded[] = [];
	try {
		for (const file of files) {
			const {name, bytes} = file;
			uploaded.push({file, part: await uploadPart(remote, folder, file, done => report({file: name, done, total: bytes.length}))});
		}

		for (const {
			file: {name, bytes},
			part,
		} of uploaded) {
			const atomic = await part.commit();
			placed.push({name, bytes: bytes.length, resumed: part.resumed, atomic});
		}

		return placed;
	} catch (error) {
		await Promise.all(uploaded.map(async ({part}) => part.discard()));
		throw withPlaced(error, placed);
	}
}

function withPlaced(error: unknown, placed: readonly Uploaded[]): unknown {
	return error instanceof Problem && placed.length > 0
		? new Problem(error.code, `${error.message} Replaced already: ${placed.map(({name}) => name).join(', ')}.`, error.hint, {cause: error})
		: error;
}
