// The document's Figure 2 for one deployment: the servers, the files with which they trust each other, and the connections between them.
import {formatDays} from '../../certificates/describe/expiry.js';
import type {Connection, Presented} from '../../registration/connection.js';
import type {ServiceName} from '../../services/service.js';
import {sanitise} from '../../sanitise.js';
import type {DrawnRow, Tone} from '../conversation.js';
import {Canvas} from './canvas.js';

type Validity = {notAfter: string; daysLeft: number};

/** What the picture shows besides the connections. */
export type Platform = {
	/** The names of the appliances with a Tanium Server, in the order of their connections. */
	taniumServers: readonly string[];
	/** The name of the appliance with the Module Server. */
	moduleServer: string;
	/** The services of this appliance. */
	running: Partial<Record<ServiceName, boolean>>;
	/** SHA-256 of this appliance's ssl.crt, where no connection tells it. */
	sslCertificate?: string | undefined;
	/** How long the certificates of this appliance are valid. */
	validity: {soap?: Validity | undefined; ssl?: Validity | undefined};
	connections: readonly Connection[];
};

/** Columns that the picture needs, and those with which it shows whole fingerprints. */
export const leastColumns = 78;
export const wideColumns = 180;

/** Columns for an arrow with its label. */
const leastGap = 14;

type Line = {text: string; right?: string; tone?: Tone};
type Shape = {left: number; gap: number; right: number; isWide: boolean};

/** The picture for a screen of at least `leastColumns`. */
export function drawPlatform(platform: Platform, columns: number, isWide: boolean): DrawnRow[] {
	const canvas = new Canvas(columns);
	const isTried = platform.connections.some(({number}) => number === 1);
	const gap = isWide ? Math.min(54, columns - 138) : leastGap + Math.floor((columns - leastColumns) / 4);
	if (isTried || platform.taniumServers.length === 1) {
		drawPair(canvas, platform, shapeOf(columns, gap, isWide), isTried ? 2 : 0);
	} else {
		drawSeveral(canvas, platform, shapeOf(columns, gap + 2, isWide));
	}

	return canvas.rows();
}

/** The right box gets the odd columns. */
function shapeOf(columns: number, gap: number, isWide: boolean): Shape {
	const left = Math.floor((columns - gap) / 2) - (isWide || gap === leastGap ? 0 : 1);
	return {left, gap, right: columns - gap - left, isWide};
}

/** One Tanium Server beside its Module Server; above it, with `top` rows, who connects to it. */
function drawPair(canvas: Canvas, platform: Platform, shape: Shape, top: number): void {
	const name = platform.taniumServers[0]!;
	const [server, moduleServer] = [linesOfTaniumServer(platform, name, shape), linesOfModuleServer(platform, shape)];
	const patchRow = Math.max(top + server.length, moduleServer.length + 3);
	canvas.box({x: 0, y: top, width: shape.left, bottom: patchRow + 1}, 'Tanium Server');
	write(canvas, {x: 2, y: top + 1, width: shape.left - 4}, server);
	drawModuleServer(canvas, {platform, shape, lines: moduleServer, patchRow, bottom: patchRow + 2});
	if (top > 0) {
		drawAbove(canvas, platform, shape);
	}

	const x = shape.left;
	const arrow = {x, width: shape.gap};
	canvas.arrow({...arrow, y: top + 1}, 'right', labelOf(platform, 4, shape));
	canvas.arrow({...arrow, y: top + 3}, 'left', labelOf(platform, 3, shape));
	canvas.arrow({...arrow, y: patchRow}, 'left', labelOf(platform, 6, shape));
	canvas.put(x + shape.gap, patchRow, '+---');
}

/** Several Tanium Servers, one below the other, beside the Module Server that is registered with them. */
function drawSeveral(canvas: Canvas, platform: Platform, shape: Shape): void {
	const {taniumServers} = platform;
	const lines = linesOfModuleServer(platform, shape);
	const height = shape.isWide ? 6 : 5;
	const bottom = Math.max(taniumServers.length * height - 1, lines.length + 5);
	drawModuleServer(canvas, {platform, shape, lines, patchRow: lines.length + 3, bottom});
	for (const [index, name] of taniumServers.entries()) {
		const y = index * height;
		canvas.box({x: 0, y, width: shape.left, bottom: y + height - 1}, 'Tanium Server');
		write(canvas, {x: 2, y: y + 1, width: shape.left - 4}, linesOfTaniumServer(platform, name, shape));
		for (const [row, number] of ([4, 3, 6] as const).entries()) {
			const {text, tone} = labelOf(platform, number, shape, index);
			const label = {text: number === 6 ? text.replace('6', '6 patch') : text, tone};
			canvas.arrow({x: shape.left, y: y + 1 + row, width: shape.gap}, number === 4 ? 'right' : 'left', label);
		}
	}
}

type ModuleServerBox = {platform: Platform; shape: Shape; lines: readonly Line[]; patchRow: number; bottom: number};

/** The Module Server with the module service that it hosts. */
function drawModuleServer(canvas: Canvas, {platform, shape, lines, patchRow, bottom}: ModuleServerBox): void {
	const x = shape.left + shape.gap;
	canvas.box({x, y: 0, width: shape.right, bottom}, 'Module Server');
	write(canvas, {x: x + 2, y: 1, width: shape.right - 4}, lines);
	const {text, tone} = labelOf(platform, 5, shape);
	for (let row = lines.length + 1; row < patchRow - 1; row++) {
		canvas.put(x + 9, row, '|', tone);
	}

	canvas.put(x + 9, patchRow - 2, `v ${text}`, tone);
	const inner = {x: x + 4, width: shape.right - 7};
	canvas.box({...inner, y: patchRow - 1, bottom: patchRow + 1}, 'patch');
	write(canvas, {x: inner.x + 2, y: patchRow, width: inner.width - 4}, [{text: 'localhost', ...stateOf(platform, 'patch')}]);
}

/** Who connects to the Tanium Server from outside, and who issued its certificate. */
function drawAbove(canvas: Canvas, platform: Platform, shape: Shape): void {
	for (const [number, who, x] of [
		[1, 'User system', 3],
		[2, 'CA', Math.floor(shape.left / 2) + 3],
	] as const) {
		const {text, tone} = labelOf(platform, number, shape);
		canvas.put(x, 0, who);
		canvas.put(x + 1, 1, `v ${text}`, tone);
	}
}

/** What the document calls the processes of its figure, in short. */
const titles: Readonly<Record<Connection['number'], string>> = {
	1: 'Console and API access',
	2: 'issued certificate',
	3: 'Module Server registration',
	4: 'mutual identity verification',
	5: 'without TLS',
	6: 'to the Tanium Server',
};

/** `4 ok`; `-` for a connection that this appliance cannot try. */
function labelOf({connections}: Platform, number: Connection['number'], {isWide}: Shape, index = 0): {text: string; tone: Tone} {
	const found = connections.filter(one => one.number === number)[index];
	const state = found ? (found.ok ? 'ok' : 'FAIL') : '-';
	const text = `${number} ${state}${isWide ? `  ${titles[number]}` : ''}`;
	return {text, tone: found ? (found.ok ? 'good' : 'bad') : 'dim'};
}

function linesOfTaniumServer(platform: Platform, name: string, shape: Shape): Line[] {
	const {connections, taniumServers, validity} = platform;
	const own = connections.some(({number}) => number === 1);
	const certificates = connections.filter(({number}) => number === 3).flatMap(one => one.certificates);
	const presented = certificates.filter(({by}) => by === 'Tanium Server')[taniumServers.indexOf(name)]?.presented;
	const trusted = certificates.find(({by}) => by === 'Module Server');
	return [
		{text: name, ...stateOf(platform, 'taniumserver')},
		...linesOfFile('SOAPServer.crt', [presented ?? null], shape),
		...(own ? validityLine(validity.soap, shape.left) : []),
		...(own
			? [
					{text: 'trusted-module-servers.crt'},
					...listed(trusted)
						.slice(0, 1)
						.flatMap(one => indented(one, shape)),
				]
			: []),
	];
}

function linesOfModuleServer(platform: Platform, shape: Shape): Line[] {
	const certificates = platform.connections.flatMap(one => one.certificates);
	const own = certificates.find(({by, presented}) => by === 'Module Server' && presented !== null)?.presented ?? platform.sslCertificate;
	return [
		{text: platform.moduleServer, ...stateOf(platform, 'taniummoduleserver')},
		...linesOfFile('ssl.crt', [own ?? null], shape),
		...validityLine(platform.validity.ssl, shape.right),
		...linesOfFile('trusted.crt', listed(certificates.find(({expectedIn}) => expectedIn === 'trusted.crt')), shape),
	];
}

/** The days are left out where a narrow box has no room for them. */
function validityLine(validity: Validity | undefined, boxWidth: number): Line[] {
	if (!validity) {
		return [];
	}

	const text = `valid to ${validity.notAfter.slice(0, 10)}`;
	const whole = `${text}, ${formatDays(validity.daysLeft)}`;
	return [{text: whole.length <= boxWidth - 4 ? whole : text, tone: validity.daysLeft < 0 ? 'bad' : 'plain'}];
}

/** Fingerprints, or words in their place. */
function listed(certificate: Presented | undefined): Array<string | null> {
	return certificate?.expected ?? ['not told here'];
}

const labelWidth = 15;

function linesOfFile(file: string, fingerprints: ReadonlyArray<string | null>, shape: Shape): Line[] {
	const lines = fingerprints.flatMap(one => folded(one ?? 'not presented', shape));
	return (lines.length === 0 ? ['empty'] : lines).map((text, index) => ({text: (index === 0 ? file : '').padEnd(labelWidth) + text}));
}

function indented(fingerprint: string | null, shape: Shape): Line[] {
	return folded(fingerprint ?? 'empty', shape).map(text => ({text: ' '.repeat(labelWidth) + text}));
}

const fingerprint = /^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/;

/** A whole fingerprint in two lines, or its beginning. */
function folded(text: string, {isWide}: Shape): string[] {
	if (!fingerprint.test(text)) {
		return [text];
	}

	return isWide ? [text.slice(0, 48), text.slice(48)] : [beginningOf(text, 4)];
}

/** The first bytes of a fingerprint. */
export function beginningOf(sha256: string, bytes: number): string {
	return fingerprint.test(sha256) ? sha256.slice(0, bytes * 3 - 1) : sha256;
}

function stateOf({running}: Platform, service: ServiceName): {right: string; tone: Tone} {
	const isRunning = running[service];
	return isRunning === undefined
		? {right: '', tone: 'plain'}
		: isRunning
			? {right: 'running', tone: 'plain'}
			: {right: 'stopped', tone: 'bad'};
}

/** Lines in a box, each with its text on the left and perhaps one on the right. */
function write(canvas: Canvas, {x, y, width}: {x: number; y: number; width: number}, lines: readonly Line[]): void {
	for (const [index, {text, right = '', tone = 'plain'}] of lines.entries()) {
		const room = right === '' ? width : width - right.length - 1;
		const shown = sanitise(text);
		canvas.put(x, y + index, shown.length > room ? `${shown.slice(0, room - 2)}..` : shown, right === '' ? tone : 'plain');
		canvas.put(x + width - right.length, y + index, right, tone);
	}
}
