// What can be done to a file without knowing what it holds, or knowing only that it is PEM.
import type {Numbers} from './numbers.js';

type Mutation = (bytes: Buffer, numbers: Numbers, donors: readonly Buffer[]) => Buffer;

const labels = [
	'CERTIFICATE',
	'X509 CERTIFICATE',
	'TRUSTED CERTIFICATE',
	'CERTIFICATE REQUEST',
	'X509 CRL',
	'PRIVATE KEY',
	'RSA PRIVATE KEY',
	'EC PRIVATE KEY',
	'ENCRYPTED PRIVATE KEY',
	'OPENSSH PRIVATE KEY',
	'PUBLIC KEY',
	'PKCS7',
	'DH PARAMETERS',
	'EC PARAMETERS',
	'',
	'X'.repeat(70),
];
const snippets = [
	'\0',
	'\n',
	'\r',
	'\r\n',
	' ',
	'\t',
	'\f',
	'\v',
	'=',
	'====',
	'-',
	'-----',
	'-----BEGIN ',
	'-----END ',
	'-----BEGIN CERTIFICATE-----\n',
	'-----END CERTIFICATE-----\n',
	'-----BEGIN PRIVATE KEY-----\n',
	'-----END PRIVATE KEY-----\n',
	'Proc-Type: 4,ENCRYPTED\n',
	'DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n',
	'Name: value\n\n',
	'\u{FEFF}',
	'\u{1B}[2J',
	'\u{202E}',
	'\u{85}',
	'# text\n',
	'\n\n',
];
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \t';

const mutations: readonly Mutation[] = [
	(bytes, {below}) => changed(bytes, below(bytes.length), below(256)),
	(bytes, {below}) => {
		const at = below(bytes.length);
		return changed(bytes, at, (bytes[at] ?? 0) ^ (1 << below(8)));
	},
	(bytes, {below, pick}) => changed(bytes, below(bytes.length), pick([...letters]).charCodeAt(0)),
	(bytes, {below, pick}) => replaced(bytes, below(bytes.length), 0, Buffer.from(pick(snippets))),
	(bytes, {below, bytes: random}) => replaced(bytes, below(bytes.length), 0, random(1 + below(8))),
	(bytes, {below, pick}) => replaced(bytes, below(bytes.length), pick([1, 1, 2, 4, 64, 65, 500]), Buffer.alloc(0)),
	(bytes, {below}) => {
		const [at, length] = [below(bytes.length), below(200)];
		return replaced(bytes, at, 0, bytes.subarray(at, at + length));
	},
	(bytes, {below, pick}, donors) => {
		const donor = pick(donors);
		return Buffer.concat([bytes.subarray(0, below(bytes.length)), donor.subarray(below(donor.length))]);
	},
	(bytes, {chance, pick}, donors) => Buffer.concat(chance(0.5) ? [bytes, pick(donors)] : [pick(donors), bytes]),
	(bytes, {below}) => bytes.subarray(0, below(bytes.length)),
	(bytes, {below, chance}) => (chance(0.5) ? bytes.subarray(0, -below(4)) : bytes.subarray(below(4))),
	onLines((lines, {below}) => {
		const [one, other] = [below(lines.length), below(lines.length)];
		[lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? ''];
	}),
	onLines((lines, {below}) => {
		lines.splice(below(lines.length), 1 + below(3));
	}),
	onLines((lines, {below, pick}) => {
		lines.splice(below(lines.length), 0, pick(lines), ...(below(2) === 0 ? [''] : []));
	}),
	onLines((lines, {below, pick}) => {
		const at = below(lines.length);
		lines[at] = pick([`  ${lines[at]}`, `${lines[at]}  `, `${lines[at]}\r`, `> ${lines[at]}`, '']);
	}),
	onText((text, {pick, below}) => {
		const lines = text.match(/^-----(?:BEGIN|END).*/gm) ?? [''];
		const line = pick(lines);
		const changed = pick([
			`x${line}`,
			`tls.crt: ${line}`,
			`\xEF\xBB\xBF${line}`,
			`${line} x`,
			`${line}\xA0`,
			line.slice(1),
			line.slice(0, -1),
			`-${line}`,
		]);
		return below(4) === 0
			? text.replace(line, changed)
			: text.slice(0, text.lastIndexOf(line)) + changed + text.slice(text.lastIndexOf(line) + line.length);
	}),
	onBlocks((blocks, {below}) => {
		const [one, other] = [below(blocks.length), below(blocks.length)];
		[blocks[one], blocks[other]] = [blocks[other] ?? '', blocks[one] ?? ''];
	}),
	onBlocks((blocks, {below, pick}) => {
		blocks.splice(below(blocks.length + 1), 0, pick(blocks));
	}),
	onText((text, {pick}) => text.replaceAll(/(?<=-----(?:BEGIN|END) )[A-Z\d ]+(?=-----)/g, pick(labels))),
	onText((text, {pick}) => text.replace(/(?<=-----(?:BEGIN|END) )[A-Z\d ]+(?=-----)/, pick(labels))),
	onText((text, {pick}) => text.replaceAll('\n', pick(['\r\n', '\r', '\\n', ' \n', '\n\n', '\t\n', '\0\n', '']))),
	onText((text, {below}) => text.replaceAll(/\n(?!-|$)/g, () => (below(3) === 0 ? '' : '\n'))),
];

/** The file with a few changes. */
export function mutateText(bytes: Buffer, numbers: Numbers, donors: readonly Buffer[]): Buffer {
	let result = bytes;
	for (let count = numbers.pick([1, 1, 1, 2, 2, 4, 8]); count > 0; count--) {
		result = numbers.pick(mutations)(result, numbers, donors);
	}

	return result;
}

function changed(bytes: Buffer, at: number, byte: number): Buffer {
	return replaced(bytes, at, 1, Buffer.from([byte]));
}

function replaced(bytes: Buffer, at: number, length: number, by: Buffer): Buffer {
	return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + length)]);
}

function onText(change: (text: string, numbers: Numbers) => string): Mutation {
	return (bytes, numbers) => Buffer.from(change(bytes.toString('latin1'), numbers), 'latin1');
}

function onLines(change: (lines: string[], numbers: Numbers) => void): Mutation {
	return onText((text, numbers) => {
		const lines = text.split('\n');
		change(lines, numbers);
		return lines.join('\n');
	});
}

function onBlocks(change: (blocks: string[], numbers: Numbers) => void): Mutation {
	return onText((text, numbers) => {
		const blocks = text.split(/(?<=-----END [^\n]*\n)/);
		change(blocks, numbers);
		return blocks.join('');
	});
}
