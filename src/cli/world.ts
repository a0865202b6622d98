import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import type {World} from '../console/world.js';
import type {Services} from '../services/service.js';
import {version} from './version.js';

type Start = {
	/** What the first sign-in screen says. */
	greeting: string[];
	/** Resolves when the first frame stands; nothing that takes time begins before. */
	shown: Promise<void>;
};

/** The world of the sandbox in this folder. */
export function worldOf(layout: Layout, identity: Identity, {greeting, shown}: Start): World {
	const services = servicesOf(layout);
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
		async acknowledge(told) {
			const {forgetOutcome} = await import('../installation/outcome.js');
			await forgetOutcome(layout, told);
		},
	};
}

/** The sandbox's services, whose code is loaded at the first use: the first frame does not wait for it. */
function servicesOf(layout: Layout): Services {
	let loading: Promise<Services> | undefined;
	const loaded = async () => {
		loading ??= import('../services/processes.js').then(({processServices}) => processServices(layout));
		return loading;
	};

	return {
		state: async name => (await loaded()).state(name),
		start: async name => (await loaded()).start(name),
		stop: async name => (await loaded()).stop(name),
		restart: async name => (await loaded()).restart(name),
	};
}
