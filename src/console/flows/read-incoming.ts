import path from 'node:path';
import {readUpload} from '../../appliance/uploads.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import type {ConsoleSession} from '../environment.js';

/** Reads one file of /incoming. Rejects as readUpload() does. */
export async function readIncoming({layout, isBeingWritten}: ConsoleSession, name: string): Promise<UploadedFile> {
	return readUpload(path.join(layout.incoming, name), isBeingWritten && {isBeingWritten});
}
