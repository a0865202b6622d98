// An SFTP client that sends what no honest client would, straight into serveSftp().
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {type Duplex, duplexPair} from 'node:stream';
import type {ExecutionContext} from 'ava';
import type {SftpEvent} from '../../src/sftp/observer.js';
import {packet, packetsOf, PacketReader} from '../../src/sftp/packet.js';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {Jail} from '../../src/sftp/jail/jail.js';
import {Quota, type QuotaLimits} from '../../src/sftp/jail/quota.js';
import {replyType, requestType, version} from '../../src/sftp/protocol.js';
import {serveSftp} from '../../src/sftp/serve-sftp.js';

export type RawReply = {type: number; id: number; fields: PacketReader};

export const flags = {read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32};
export const noAttributes = uint32(0);

/** The attributes of a request: a mode, or a size. */
export const withMode = (mode: number) => Buffer.concat([uint32(4), uint32(mode)]);
export const withSize = (size: bigint) => Buffer.concat([uint32(1), long(size)]);

export function long(value: bigint): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64BE(value);
	return bytes;
}

export class RawSftp {
	readonly #replies: AsyncGenerator<Buffer>;
	#id = 0;

	constructor(readonly stream: Duplex) {
		this.#replies = packetsOf(stream);
	}

	/** The bytes of a request with the next id. */
	compose(type: number, ...fields: Buffer[]): Buffer {
		return packet(type, uint32(++this.#id), ...fields);
	}

	async reply(): Promise<RawReply> {
		const {value} = await this.#replies.next();
		if (!value) {
			throw new Error('The server has ended the session');
		}

		const fields = new PacketReader(value);
		return {type: fields.take(1)[0]!, id: fields.uint32(), fields};
	}

	async request(type: number, ...fields: Buffer[]): Promise<RawReply> {
		this.stream.write(this.compose(type, ...fields));
		return this.reply();
	}

	/** The status that a request is answered with, or the type of the reply when it is another one. */
	async statusOf(type: number, ...fields: Buffer[]): Promise<number> {
		return statusIn(await this.request(type, ...fields));
	}

	async greet(): Promise<void> {
		this.stream.write(packet(requestType.init, uint32(version)));
		await this.#replies.next();
	}

	/** Opens a file and gives its handle. */
	async open(name: string, how: number, attributes: Buffer = noAttributes): Promise<Buffer> {
		const {type, fields} = await this.request(requestType.open, string(name), uint32(how), attributes);
		if (type !== replyType.handle) {
			throw new Error(`${name} is not opened: ${fields.uint32()}`);
		}

		return fields.string();
	}

	/** The names in a folder, one character a byte. */
	async list(name: string): Promise<string[]> {
		const handle = (await this.request(requestType.opendir, string(name))).fields.string();
		const names: string[] = [];
		for (;;) {
			const {type, fields} = await this.request(requestType.readdir, string(handle));
			if (type !== replyType.name) {
				await this.request(requestType.close, string(handle));
				return names;
			}

			for (let left = fields.uint32(); left > 0; left--) {
				names.push(fields.text());
				fields.text();
				fields.uint32();
				fields.uint64();
				Array.from({length: 5}, () => fields.uint32());
			}
		}
	}
}

export function statusIn({type, fields}: RawReply): number {
	return type === replyType.status ? fields.uint32() : type;
}

export type Prison = {
	client: RawSftp;
	/** Resolves or rejects as the session ends. */
	served: Promise<void>;
	incoming: string;
	outgoing: string;
	/** A folder beside the two, with `secret` in it. */
	outside: string;
	events: SftpEvent[];
};

/** A jail with a client in it that has been greeted. */
export async function imprisoned(t: ExecutionContext, limits?: QuotaLimits): Promise<Prison> {
	const root = await mkdtemp(path.join(tmpdir(), 'tanos-jail-'));
	t.teardown(() => rm(root, {recursive: true, force: true}));
	const [incoming, outgoing, outside] = ['incoming', 'outgoing', 'outside'].map(name => path.join(root, name)) as [string, string, string];
	await Promise.all([incoming, outgoing, outside].map(folder => mkdir(folder)));
	await writeFile(path.join(outside, 'secret'), 'secret');
	const events: SftpEvent[] = [];
	const [near, far] = duplexPair();
	const served = serveSftp(far, jailAround(incoming, outgoing, limits), async event => {
		events.push(event);
	});
	t.teardown(async () => {
		near.destroy();
		far.destroy();
		await served.catch(() => undefined);
	});
	served.catch(() => undefined);
	const client = new RawSftp(near);
	await client.greet();
	return {client, served, incoming, outgoing, outside, events};
}

export function jailAround(incoming: string, outgoing: string, limits?: QuotaLimits): Jail {
	return new Jail([
		{name: 'incoming', folder: incoming, allows: 'all', ...(limits && {quota: new Quota(incoming, limits)})},
		{name: 'outgoing', folder: outgoing, allows: 'read-and-remove'},
	]);
}
