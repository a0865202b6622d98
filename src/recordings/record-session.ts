import type {Writable} from 'node:stream';
import {auditOfUser} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';
import {ensurePrivateFolder} from '../appliance/private-folder.js';
import {readSecuritySettings} from '../appliance/users/security-settings.js';
import {messageOf, messageWithHint, Problem} from '../problem.js';
import {CastFile} from './cast-file.js';
import {recordOutput} from './record-output.js';
import {hasSpace, megabyte, removeOldRecordings, reserveName} from './store.js';

/** A session on a terminal: who is at it, and where. */
export type RecordableSession = {
	user: string;
	from: string;
	/** The name of the appliance. */
	host: string;
	stream: Writable;
	terminal: {type: string; size: Size; onResize(listener: (size: Size) => void): void};
};

type Size = {columns: number; rows: number};

export type SessionRecording = AsyncDisposable & {
	/** What the user is told at the sign-in; undefined when sessions are not recorded. */
	notice?: string;
};

/** What a client may call its terminal. */
const maxTypeLength = 64;

const notRecorded: SessionRecording = {async [Symbol.asyncDispose]() {}};

/**
 * Records what a session shows until the result is disposed of, if the security settings say so: never what is typed. Never rejects: a
 * session that cannot be recorded goes on, which the user is told and the audit log says.
 */
export async function recordSession(layout: Layout, session: RecordableSession): Promise<SessionRecording> {
	const {user, from} = session;
	try {
		const {recordSessions, maximumRecordingMegabytes} = await readSecuritySettings(layout);
		return recordSessions === 0 ? notRecorded : await begin(layout, session, maximumRecordingMegabytes * megabyte);
	} catch (error) {
		await auditOfUser(layout, {event: 'recording-failed', user, from, result: messageOf(error)});
		return {...notRecorded, notice: `This session is not recorded: ${messageWithHint(error)}`};
	}
}

async function begin(layout: Layout, session: RecordableSession, maxBytes: number): Promise<SessionRecording> {
	const {user, from, host, terminal, stream} = session;
	ensurePrivateFolder(layout.recordings);
	await assertRoom(layout);
	const began = new Date();
	const reserved = reserveName(layout, user, began);
	const {name: recording, file} = reserved;
	const endEarly = (result: string) => void auditOfUser(layout, {event: 'recording-ended-early', user, from, recording, result});
	const title = `${user} on ${host} from ${from}`;
	const cast = new CastFile(file, {
		...terminal.size,
		title,
		startedAt: began,
		terminal: terminal.type.slice(0, maxTypeLength),
		maxBytes,
		onEnd: endEarly,
		onGrowth: () => void assertRoom(layout).catch((error: unknown) => cast.end(messageOf(error))),
	});
	await auditOfUser(layout, {event: 'recording-begun', user, from, recording});
	const output = recordOutput(stream, cast);
	terminal.onResize(({columns, rows}) => cast.resize(columns, rows));
	return {
		notice: 'This session is recorded. Administrators can read the recording.',
		async [Symbol.asyncDispose]() {
			output[Symbol.dispose]();
			cast.close();
			reserved[Symbol.dispose]();
			await auditOfUser(layout, {event: 'recording-ended', user, from, recording, bytes: cast.bytes});
		},
	};
}

/** Makes room by removing old recordings. Rejects with Problem `no-room` when there is none all the same. */
async function assertRoom(layout: Layout): Promise<void> {
	const isWithinSize = await removeOldRecordings(layout, new Date());
	if (!(await hasSpace(layout))) {
		throw new Problem('no-room', 'The disk is nearly full.', 'Remove what is not needed.');
	}

	if (!isWithinSize) {
		throw new Problem('no-room', 'The sessions that are being recorded fill the size of all recordings.', 'See: security show');
	}
}
