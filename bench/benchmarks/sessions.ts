import path from 'node:path';
import {performance} from 'node:perf_hooks';
import {execa} from 'execa';
import {sshDaemon} from '../../src/cli/sandbox.js';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {authorize, makeAppliance} from '../support/appliance.js';
import {hostAt, makeKeyPair, startOpenSsh, type Host} from '../support/openssh.js';
import {openSession, shellPrompt} from '../support/session.js';

const rounds = 9;

export async function* measure(folder: string): AsyncGenerator<Figure> {
	const key = await makeKeyPair(path.join(folder, 'id'));
	const appliance = await makeAppliance(folder);
	await authorize(appliance, key.publicKey, ['tanadmin']);
	await sshDaemon(appliance.layout).start();
	const peer = await startOpenSsh(folder, key);
	const tanos = hostAt(appliance.identity.ports.ssh, 'tanadmin', key);
	yield figureIn('connect, one command', await inTurn(rounds, timeOfCommand(tanos, 'report info'), timeOfCommand(peer, 'echo hi')), 0.2);
	yield figureIn('connect to first frame', await inTurn(rounds, timeOfScreen(tanos, 'Main Menu'), timeOfScreen(peer, shellPrompt)));
}

function figureIn(what: string, [tanos, peer]: [number[], number[]], atMost?: number): Figure {
	const aim = atMost === undefined ? {} : {aim: ratioAim('at most', atMost)};
	return figureOf({what, unit: 'ms', tanos: median(tanos), peer: median(peer), ...aim});
}

function timeOfCommand({options, target}: Host, command: string) {
	return async () => {
		const started = performance.now();
		await execa('ssh', [...options, target, command]);
		return performance.now() - started;
	};
}

function timeOfScreen(host: Host, what: string | RegExp) {
	return async () => {
		const started = performance.now();
		const session = openSession(host);
		await session.output.seen(what);
		const took = performance.now() - started;
		await session.kill();
		return took;
	};
}
