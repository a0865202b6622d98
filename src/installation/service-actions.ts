// How a change makes the service read its pair: by a restart, or by a reload.
import type {Change, Site} from './change.js';
import {targetOf} from './target.js';

/** Whether its service is stopped and started. */
export function isRestarted(change: Change): boolean {
	return targetOf(change).apply === 'restart';
}

/** Whether its service reads its files again without ending. */
export function isReloaded(change: Change): boolean {
	return targetOf(change).apply === 'reload';
}

/** Starts it if it ran before the change. */
export async function startAsBefore(site: Site, change: Change): Promise<void> {
	if (change.wasRunning) {
		await startWithUnits(site, change);
	}
}

/** Starts the service, then the units that must run with it. Rejects as Services.start() does. */
export async function startWithUnits({services}: Site, change: Change): Promise<void> {
	await services.start(targetOf(change).service);
	for (const unit of change.units ?? []) {
		await services.start(unit);
	}
}

/** Reloads the service, and restarts the units that use the same files. A service that does not run now is started. */
export async function reloadWithUnits({services}: Site, change: Change): Promise<void> {
	const {service} = targetOf(change);
	await ((await services.state(service)).running ? services.reload(service) : services.start(service));
	for (const unit of change.units ?? []) {
		await services.restart(unit);
	}
}

/** Reloads it if it ran before the change. */
export async function reloadAsBefore(site: Site, change: Change): Promise<void> {
	if (change.wasRunning) {
		await reloadWithUnits(site, change);
	}
}
