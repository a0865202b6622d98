// Makes terminal streams of an SSH channel, like those Node has for a local terminal. There is no line discipline between them and
// the client's terminal, so carriage returns are added here.
import {PassThrough, Writable, type Duplex} from 'node:stream';
import type {ClientTerminal} from '../ssh-server/session-request.js';

export type RemoteTerminal = {stdin: NodeJS.ReadStream; stdout: NodeJS.WriteStream};

/** The streams of a terminal on a channel. Both end with the channel; neither throws. */
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

/** Colours and attributes (SGR, ECMA-48 8.3.117). */
const colours = /\u001B\[[\d;]*m/g;

/** Joins what is written in one turn of the event loop: a frame is three writes. */
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
