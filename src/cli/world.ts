import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import type {World} from '../console/world.js';
import {processServices} from '../services/processes.js';
import {version} from './version.js';

type Start = {
	/** What the first sign-in screen says. */
	greeting: string[];
	/** Resolves when the first frame stands; nothing that takes time begins before. */
	shown: Promise<void>;
};

/** The world of the sandbox in this folder. */
export function worldOf(layout: Layout, identity: Identity, {greeting, shown}: Start): World {
	const services = processServices(layout);
	return {
		layout,
		identity,
		services,
		greeting,
		version: `tanos-console ${version()}`,
		now: () => new Date(),
		async wake(talk) {
			await shown;
			const {bringUp} = await import('./bring-up.js');
			return bringUp({layout, identity, services}, async (title, work) => talk.step(title, work));
		},
		async acknowledge() {
			const {forgetOutcome} = await import('../installation/outcome.js');
			await forgetOutcome(layout);
		},
	};
}
