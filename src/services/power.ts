import {mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {replaceFile} from '../appliance/atomic-file.js';
import {bootId} from '../appliance/boot-id.js';
import type {Layout} from '../appliance/layout.js';
import {ifPresent} from '../if-present.js';
import {Problem} from '../problem.js';
import type {Services} from './service.js';

/** Shows a title while the work is in progress. Settles as the work does. */
type ShowStep = <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;

/**
 * Starts all services the first time it is called after the machine booted, as a booting appliance would. Services that were
 * stopped since then stay stopped. Resolves with a message for each service that could not be started.
 */
export async function powerOn(layout: Layout, services: Services, step: ShowStep): Promise<string[]> {
	const boot = await bootId();
	const file = path.join(layout.run, 'boot');
	if ((await started(file)) === boot) {
		return [];
	}

	const failures = await startAll(services, step);
	await mkdir(layout.run, {recursive: true, mode: 0o700});
	await replaceFile(file, boot, 0o600);
	return failures;
}

/** Starts every service that can be started. Resolves with a message for each one that could not. */
export async function startAll(services: Services, step: ShowStep): Promise<string[]> {
	const failures: string[] = [];
	for (const name of services.names) {
		try {
			await step(`Start ${name}`, async () => services.start(name));
		} catch (error) {
			if (!(error instanceof Problem)) {
				throw error;
			}

			failures.push(`${error.message} ${error.hint}`);
		}
	}

	return failures;
}

async function started(file: string): Promise<string> {
	return (await ifPresent(async () => readFile(file, 'utf8'))) ?? '';
}
