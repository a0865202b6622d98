// Makes the two ends of a terminal out of an SSH channel, as Node has them for a local one. There is no line discipline between
// them and the client's terminal, so line feeds get their carriage returns here.
import {PassThrough, Writable, type Duplex} from 'node:stream';
import type {ClientTerminal} from '../ssh-server/session-request.js';

export type RemoteTerminal = {stdin: NodeJS.ReadStream; stdout: NodeJS.WriteStream};

/** The two ends of the terminal behind this channel. Both end with it, and neither ever throws. */
export function remoteTerminal(channel: Duplex, terminal: ClientTerminal, {colour}: {colour: boolean}): RemoteTerminal {
	const stdin = Object.assign(new PassThrough(), {isTTY: true, setRawMode: () => stdin, ref: () => stdin, unref: () => stdin});
	channel.pipe(stdin);
	const stdout = new RemoteOutput(channel, terminal, colour);
	channel.once('close', () => {
		stdin.end();
		stdout.destroy();
	});
	return {stdin: stdin as unknown as NodeJS.ReadStream, stdout: stdout as unknown as NodeJS.WriteStream};
}

/** What sets colours and weights (SGR, ECMA-48 8.3.117); bold, faint and reverse stay readable without them. */
const colours = /\u001B\[[\d;]*m/g;

/** Everything that is written in one turn of the event loop leaves as one piece: a frame is three writes. */
class RemoteOutput extends Writable {
	readonly isTTY = true;
	columns: number;
	rows: number;
	#pending = '';

	constructor(private readonly channel: Duplex, {size, onResize}: ClientTerminal, private readonly colour: boolean) {
		super({decodeStrings: false});
		({columns: this.columns, rows: this.rows} = size);
		this.on('error', () => undefined);
		onResize(({columns, rows}) => {
			Object.assign(this, {columns, rows});
			this.emit('resize');
		});
	}

	override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
		if (this.#pending === '') {
			setImmediate(() => {
				this.#flush();
			});
		}

		this.#pending += String(chunk);
		done();
	}

	#flush(): void {
		const text = this.colour ? this.#pending : this.#pending.replaceAll(colours, '');
		this.#pending = '';
		if (this.channel.writable) {
			this.channel.write(text.replaceAll(/\r?\n/g, '\r\n'));
		}
	}
}
