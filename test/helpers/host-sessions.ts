// Sessions of the console on a host of host.ts: whether some are at work, and how one is held in the middle of an installation.
import {until, untilSucceeds, type Host} from './host.js';
import {writeUnitPart} from './host-services.js';
import {useTarget} from './host-targets.js';

/** The units of the sessions that are open. */
export async function sessions(host: Host): Promise<string> {
	return (await host.run(['systemctl', 'list-units', '--plain', '--no-legend', 'tanos-admin@*', 'tanos-user@*'])).stdout;
}

/** Makes nginx a target that is restarted, whose next start waits for letStart(), and then fails if it is to. */
export async function holdStart(host: Host, {failing = false} = {}): Promise<void> {
	await useTarget(host, 'nginx', text => text.replace('"reload"', '"restart"'));
	await host.run(['rm', '-f', '/run/going-on', '/run/held']);
	if (failing) {
		await host.run(['touch', '/run/failing']);
	}

	const wait = 'touch /run/held; until test -e /run/going-on; do sleep 0.1; done; ! rm /run/failing';
	await writeUnitPart(host, 'nginx.service', `[Service]\nExecStartPre=sh -c "${wait}"\n`);
}

/** Until an installation has come to that start. */
export async function untilHeld(host: Host): Promise<void> {
	await untilSucceeds(host, 'test', '-e', '/run/held');
}

/** Lets that start go on. */
export async function letStart(host: Host): Promise<void> {
	await host.run(['touch', '/run/going-on']);
}

/** Until no session and no recovery is at work. */
export async function untilIdle(host: Host): Promise<void> {
	await until(
		'idle console',
		async () =>
			(await sessions(host)) === ''
			&& !['active', 'activating'].includes((await host.run(['systemctl', 'is-active', 'tanos-recover'])).stdout),
	);
}
