// `tanos --cast FILE`: records the console of this machine, with what is typed, so that the recording replays as a script.
import {secretMarker} from '../asciicast.js';
import {sequenceOf, type Key} from '../console/keys.js';
import type {ScreenSession} from '../console/screen-front-end.js';
import type {ConsoleState} from '../console/state.js';
import {hasCode, messageOf, Problem} from '../problem.js';
import {CastFile} from '../recordings/cast-file.js';
import {recordOutput} from '../recordings/record-output.js';

export type ConsoleRecording = {
	/** Records this session on this terminal until it is disposed of. */
	record(session: ScreenSession, stdout: NodeJS.WriteStream): Disposable;
	/** Why the recording has ended early; undefined when it has not. */
	readonly endedEarly: string | undefined;
};

/** Makes the file. Rejects with Problem `recording-exists` or `cast-not-written`. */
export function startRecording(file: string, size: {columns: number; rows: number}, title: string): ConsoleRecording {
	let endedEarly: string | undefined;
	const cast = openCast(file, {...size, title, startedAt: new Date(), onEnd: why => (endedEarly = why)});
	return {
		get endedEarly() {
			return endedEarly;
		},
		record({store}, stdout) {
			const output = recordOutput(stdout, cast);
			const resize = () => cast.resize(stdout.columns || 80, stdout.rows || 24);
			stdout.on('resize', resize);
			const unsubscribe = store.subscribeToKeys((key, state) => recordKey(cast, key, state));
			return {
				[Symbol.dispose]() {
					unsubscribe();
					stdout.off('resize', resize);
					output[Symbol.dispose]();
					cast.close();
				},
			};
		},
	};
}

function openCast(file: string, options: ConstructorParameters<typeof CastFile>[1]): CastFile {
	try {
		return new CastFile(file, options);
	} catch (error) {
		throw hasCode(error, 'EEXIST')
			? new Problem('recording-exists', `${file} exists already.`, 'Name a file that does not exist, or remove it.', {cause: error})
			: new Problem('cast-not-written', `${file} could not be written: ${messageOf(error)}`, '', {cause: error});
	}
}

/** At a secret question only the keys that end it are recorded; a marker stands for what was typed before Enter. */
function recordKey(cast: CastFile, key: Key, {view, line}: ConsoleState): void {
	const question = view.kind === 'conversation' ? view.question : undefined;
	const isEnd = key.name === 'enter' || key.name === 'ctrl-c';
	if (question?.kind !== 'secret') {
		cast.input(sequenceOf(key));
		return;
	}

	if (key.name === 'enter' && line !== '') {
		cast.mark(`${secretMarker}${question.prompt}`);
	}

	if (isEnd) {
		cast.input(sequenceOf(key));
	}
}
