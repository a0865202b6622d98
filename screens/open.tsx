import {render} from 'ink';
import {KeyQueue} from '../src/console/key-queue.js';
import {pasteMarks} from '../src/console/paste.js';
import {readyMark} from '../src/ready-mark.js';
import type {ScreenSession} from '../src/console/screen-front-end.js';
import type {Ending} from '../src/console/ending.js';
import {Console} from './console.js';

export type Terminal = {
	stdin: NodeJS.ReadStream;
	stdout: NodeJS.WriteStream;
	/** Whether to write ready marks, for a program that plays keys. */
	marks: boolean;
	/** Called when the first frame has been drawn. */
	shown(): void;
};

const renderOptions = {exitOnCtrlC: false, patchConsole: false, interactive: true, alternateScreen: true, maxFps: 250};

/**
 * Shows a session on a terminal until it ends, and restores the terminal. When the terminal is closed, the session is hung up:
 * work in progress is completed, and then this resolves. Rejects with an error that was thrown while drawing.
 */
export async function openConsole(session: ScreenSession, {stdin, stdout, marks, shown}: Terminal): Promise<Ending> {
	const {store} = session;
	const app = render(<Console state={store.state} />, {stdin, stdout, ...renderOptions});
	let fault: {error: unknown} | undefined;
	app.waitUntilExit().catch((error: unknown) => {
		// Nothing can be drawn any more, so no question can be answered.
		fault = {error};
		store.hangUp();
	});
	const draw = drawer(stdout, () => {
		app.rerender(<Console state={store.state} />);
	});
	const mark = (bytes: number) => {
		stdin.resume(); // Paused while too many keys waited.
		if (marks) {
			draw.now(() => {
				void app.waitUntilRenderFlush().then(() => stdout.write(readyMark(bytes)));
			});
		}
	};

	stdout.write(pasteMarks.on);
	const close = listen(session, stdin, stdout, new KeyQueue(store, mark));
	const unsubscribe = [store.subscribe(draw.soon), store.subscribeToWrites(sequence => stdout.write(sequence))];
	void app.waitUntilRenderFlush().then(shown);
	const ending = await session.ended;
	for (const end of unsubscribe) {
		end();
	}

	draw.end();
	stdout.write(pasteMarks.off);
	app.unmount();
	close();
	if (fault) {
		throw fault.error;
	}

	if (store.hungUp !== 'gone') {
		// Until then, the output that restores the terminal is not complete.
		await app.waitUntilExit();
	}

	return ending;
}

/** Draws once for all changes of one turn of the event loop, and only while the terminal takes output. */
function drawer(stdout: NodeJS.WriteStream, draw: () => void): {soon(): void; now(then: () => void): void; end(): void} {
	let planned: NodeJS.Immediate | undefined;
	let isWaiting = false;
	let isOver = false;
	const afterDrawing: Array<() => void> = [];
	const now = () => {
		clearImmediate(planned);
		planned = undefined;
		if (isOver) {
			return;
		}

		if (!stdout.writableNeedDrain) {
			draw();
			for (const then of afterDrawing.splice(0)) {
				then();
			}
		} else if (!isWaiting) {
			isWaiting = true;
			stdout.once('drain', () => {
				isWaiting = false;
				now();
			});
		}
	};

	return {
		soon() {
			planned ??= setImmediate(now);
		},
		now(then) {
			afterDrawing.push(then);
			now();
		},
		/** Draws no more: what is drawn after the unmount is mounted again, and its timers keep the process alive. */
		end() {
			isOver = true;
			clearImmediate(planned);
		},
	};
}

/** Connects a session with both streams of its terminal; returns a function that disconnects them. */
function listen({store}: ScreenSession, stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, keyQueue: KeyQueue): () => void {
	const read = (bytes: Buffer) => {
		keyQueue.write(bytes);
		if (keyQueue.isFull) {
			stdin.pause();
		}
	};

	const hangUp = () => {
		store.hangUp();
	};

	const resize = () => {
		store.resize(stdout.columns || 80, stdout.rows || 24);
		keyQueue.announce();
	};

	stdin.setRawMode(true);
	stdin.on('data', read);
	for (const event of ['end', 'close', 'error']) {
		stdin.on(event, hangUp);
	}

	stdout.on('error', hangUp);
	stdout.on('resize', resize);
	return () => {
		stdin.off('data', read);
		stdin.setRawMode(false);
		stdin.pause();
		stdout.off('resize', resize);
	};
}
