import type {Writable} from 'node:stream';
import type {CastFile} from './cast-file.js';

/** Records what is written to a stream, with the line ends that a terminal gets, until it is disposed of. */
export function recordOutput(stream: Writable, cast: CastFile): Disposable {
	const write = stream.write;
	stream.write = ((...given: Parameters<Writable['write']>) => {
		cast.output(String(given[0]).replaceAll(/\r?\n/g, '\r\n'));
		return write.apply(stream, given);
	}) as Writable['write'];
	return {
		[Symbol.dispose]() {
			stream.write = write;
		},
	};
}
