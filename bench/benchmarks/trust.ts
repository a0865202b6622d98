import {copyFile, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import {setTimeout as delay} from 'node:timers/promises';
import {layoutOf, type Layout} from '../../src/appliance/layout.js';
import {certificatesIn, fingerprintOf} from '../../src/certificates/parse/pem.js';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import {presentedBy} from '../../src/services/probe.js';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {tanos} from '../support/appliance.js';

type Made = {name: string; ports: {console: number}; passwords: {tanium: string}};

const rounds = 3;
/** The time between two looks. */
const pauseMs = 5;

/** How long the Tanium Server presents a certificate that the Module Server does not trust, while its pair is replaced. */
export async function* measure(folder: string): AsyncGenerator<Figure> {
	const root = path.join(folder, 'appliance');
	const made = JSON.parse(await tanos(['appliance', 'create', '--root', root, '--json'])) as Made;
	const layout = layoutOf(root);
	const install = async (...options: string[]) => {
		await uploadNew(folder, layout, made.name);
		return async () => void (await tanos(['soap', 'install', ...options, '--root', root], 'yes\n'));
	};

	const [overlap, script] = await inTurn(
		rounds,
		async () => distrustDuring(layout, made, await install('--overlap')),
		async () => {
			const replace = await install();
			return distrustDuring(layout, made, async () => {
				await replace();
				await tanos(['soap', 'register', '--root', root], `${made.passwords.tanium}\n`);
			});
		},
	);
	yield figureOf({
		what: `median of ${rounds}`,
		unit: 's',
		tanos: median(overlap),
		peer: median(script),
		aim: ratioAim('at most', 0.01),
	});
}

async function uploadNew(folder: string, {incoming}: Layout, name: string): Promise<void> {
	const {certificate, key} = await selfSignedPair({hostnames: [name], days: 300});
	for (const [file, bytes] of [['SOAPServer.crt', certificate] as const, ['SOAPServer.key', key] as const]) {
		await writeFile(path.join(folder, file), bytes, {mode: 0o600});
		await copyFile(path.join(folder, file), path.join(incoming, file));
	}
}

/** In seconds. A server that does not answer presents nothing, and is no case of distrust. */
async function distrustDuring(layout: Layout, {name, ports}: Made, work: () => Promise<void>): Promise<number> {
	let isOver = false;
	const working = work().finally(() => {
		isOver = true;
	});
	let total = 0;
	let last = performance.now();
	while (!isOver) {
		const isDistrusted = await presentsUntrusted(layout, {port: ports.console, servername: name});
		const now = performance.now();
		total += isDistrusted ? now - last : 0;
		last = now;
		await delay(pauseMs);
	}

	await working;
	return total / 1000;
}

async function presentsUntrusted({trustedTaniumServers}: Layout, endpoint: {port: number; servername: string}): Promise<boolean> {
	try {
		const [presented] = await presentedBy(endpoint);
		const trusted = certificatesIn(await readFile(trustedTaniumServers)).map(der => fingerprintOf(der));
		return presented !== undefined && !trusted.includes(fingerprintOf(presented));
	} catch {
		return false;
	}
}
