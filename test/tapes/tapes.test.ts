// Every tape is played by the real command in a real pseudo-terminal against an appliance of its own; its frames are
// snapshots, and they are the same over SSH.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import pLimit from 'p-limit';
import {packageRoot} from '../../src/services/package-root.js';
import {makeAppliance, playTape, steady, type Appliance, type Transport} from '../helpers/appliance.js';
import {fingerprintOfFile, servedFingerprint} from '../helpers/authority.js';
import {testWith} from '../helpers/test-with.js';
import {scenarios, type Scenario} from './scenarios.js';

/** Each tape has an appliance with three services of its own; more at once only make each other slow. */
const inTurn = pLimit(4);

for (const [name, {tape = name, transports = ['local', 'ssh'], needs = [], ...rest}] of Object.entries(scenarios)) {
	let frames: Promise<Record<string, string>> | undefined;
	const local = async (t: ExecutionContext) => (frames ??= inTurn(async () => perform(t, {tape, ...rest}, 'local')));
	testWith(...needs)(name, async t => {
		for (const [shot, screen] of Object.entries(await local(t))) {
			t.snapshot(screen, shot);
		}
	});

	if (transports.includes('ssh')) {
		testWith('ssh', ...needs)(`${name}: the same frames over SSH`, async t => {
			const overSsh = await inTurn(async () => perform(t, {tape, ...rest}, 'ssh'));
			t.deepEqual(overSsh, await local(t));
		});
	}
}

/** Plays a tape against a new appliance, looks at what is served afterwards, and resolves with the frames by their names. */
async function perform(
	t: ExecutionContext,
	{tape, make = makeAppliance, before, serves, exitCode = 0, leaves = [], meanwhile = {}, copies}: Scenario & {tape: string},
	transport: Transport,
): Promise<Record<string, string>> {
	const appliance = await make(t);
	const old = await installed(appliance);
	await before?.(appliance);
	const cast = path.join(appliance.workFolder, 'tape.cast');
	const others: Array<Promise<unknown>> = [];
	const onScreenshot = ({name}: {name: string}) => void others.push(Promise.resolve(meanwhile[name]?.(appliance)));
	const playback = await playTape(appliance, tape, {transport, cast, onScreenshot});
	await Promise.all(others);
	t.is(playback.exitCode, exitCode, transport);
	t.deepEqual(clipboardOf(await readFile(cast, 'utf8')), copies ? [await copies(appliance)] : [], transport);
	await mustServe(
		t,
		appliance,
		serves === 'old'
			? old
			: await fingerprintOfFile(serves === 'new' ? path.join(appliance.workFolder, 'SOAPServer.crt') : await labCertificate(appliance)),
	);
	if (serves !== 'old') {
		t.deepEqual(await readdir(appliance.layout.incoming), leaves);
	}

	return Object.fromEntries(playback.screenshots.map(({name, screen}) => [name, steady(screen, appliance)]));
}

test('every tape is played', async t => {
	const files = await readdir(path.join(packageRoot(), 'test', 'tapes'));
	const played = new Set(Object.entries(scenarios).map(([name, {tape = name}]) => `${tape}.tape`));
	t.deepEqual(files.filter(file => file.endsWith('.tape')).toSorted(), [...played].toSorted());
});

/** What a recorded terminal was asked to put into its clipboard (xterm's OSC 52), in order. */
function clipboardOf(cast: string): string[] {
	const [, ...events] = cast
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as [seconds: number, code: string, data: string]);
	const output = events.map(([, code, data]) => (code === 'o' ? data : '')).join('');
	return [...output.matchAll(/\u001B\]52;c;([^\u0007]*)\u0007/g)].map(([, base64]) => Buffer.from(base64!, 'base64').toString());
}

async function labCertificate({layout: {outgoing}}: Appliance): Promise<string> {
	return path.join(
		outgoing,
		(await readdir(outgoing)).find(name => name.endsWith('-lab.crt'))!,
	);
}

async function installed({layout}: Appliance): Promise<string> {
	return fingerprintOfFile(layout.soapCertificate);
}

/** This certificate is served, the installed files are it, and no secret is in the audit log. */
async function mustServe(t: ExecutionContext, appliance: Appliance, expected: string): Promise<void> {
	const {layout, ports, passwords, address} = appliance;
	t.is(await installed(appliance), expected);
	t.is(await servedFingerprint(ports.console, address), expected);
	const log = await readFile(layout.audit, 'utf8');
	t.false(Object.values(passwords).some(password => log.includes(password)) || log.includes('PRIVATE KEY'));
}
