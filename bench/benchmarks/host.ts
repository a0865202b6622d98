import {performance} from 'node:perf_hooks';
import {bootHost, type Host} from '../../test/helpers/host.js';
import {sshWords, startConsole} from '../../test/helpers/host-console.js';
import {installNginx} from '../../test/helpers/host-services.js';
import {makePair, useTarget} from '../../test/helpers/host-targets.js';
import {figureOf, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {shellPrompt} from '../support/session.js';
import {openTerminal, type Terminal} from '../support/terminal.js';

const rounds = 9;
const readings = 3;

/** A Debian host with sshd and nginx. The users: `ada` gets a console, `eve` a shell. */
export async function* measure(): AsyncGenerator<Figure> {
	const host = await bootHost();
	try {
		await installNginx(host);
		await host.run(['systemctl', 'start', 'nginx']);
		await useTarget(host, 'nginx');
		await startConsole(host);
		yield await firstFrame(host);
		yield await memory(host);
		for (const apply of ['restart', 'reload'] as const) {
			yield await outage(host, apply);
		}
	} finally {
		await host.remove();
	}
}

const ends = {ada: 'Main Menu', eve: shellPrompt};
type User = keyof typeof ends;

async function open(host: Host, user: User): Promise<{terminal: Terminal; took: number}> {
	const started = performance.now();
	const [command, ...words] = host.words(sshWords(user, '-tt'));
	const terminal = openTerminal(command!, words);
	await terminal.output.seen(ends[user]);
	return {terminal, took: performance.now() - started};
}

async function firstFrame(host: Host): Promise<Figure> {
	const time = async (user: User) => {
		const {terminal, took} = await open(host, user);
		await terminal.kill();
		return took;
	};

	await time('ada'); // Fills Node's compile cache.
	const [tanos, peer] = await inTurn(
		rounds,
		async () => time('ada'),
		async () => time('eve'),
	);
	return figureOf({what: '`ssh` to the main menu', unit: 'ms', tanos: median(tanos), peer: median(peer)});
}

/** The processes of one session with their share of common pages (PSS). */
async function memory(host: Host): Promise<Figure> {
	const held = async (user: User, pattern: string) => {
		const {terminal} = await open(host, user);
		const sum = `for pid in $(pgrep --full '${pattern}'); do cat /proc/$pid/smaps_rollup; done | awk '/^Pss:/ {sum += $2} END {print sum}'`;
		const {stdout} = await host.run(['sh', '-c', sum]);
		await terminal.kill();
		return Number(stdout);
	};

	const [tanos, peer] = await inTurn(
		readings,
		async () => held('ada', '^sshd: ada|host console$|host serve '),
		async () => held('eve', '^sshd: eve|^-sh$'),
	);
	return figureOf({what: 'memory of a session', unit: 'KiB', tanos: median(tanos), peer: median(peer)});
}

async function outage(host: Host, apply: 'restart' | 'reload'): Promise<Figure> {
	await useTarget(host, 'nginx', text => text.replace(/"(?:restart|reload)"/, `"${apply}"`));
	const gap = async (...words: string[]) => {
		const {stdout, stderr} = await host.node('dist/bench/support/host-gap.js', '8443', 'www.example.com', ...words);
		if (stdout === '') {
			throw new Error(stderr);
		}

		return Number(stdout);
	};

	const [tanos, peer] = await inTurn(
		rounds,
		async () => {
			await makePair(host, 'www.example.com');
			return gap('tanos', 'host', 'install', 'nginx', '/root/new.crt', '/root/new.key');
		},
		async () => gap('systemctl', apply, 'nginx'),
	);
	return figureOf({what: `no connection, ${apply}`, unit: 'ms', tanos: median(tanos), peer: median(peer)});
}
