import type {Layout} from '../appliance/layout.js';
import type {World} from '../console/world.js';
import type {Site} from '../installation/change.js';
import type {Services} from '../services/service.js';
import {version} from './version.js';

export type WorldOptions = {
	/** What the first screen says. */
	greeting: string[];
	wake: World['wake'];
};

/** The world of a console of this appliance. */
export function worldOf(site: Site, {greeting, wake}: WorldOptions): World {
	return {
		...site,
		greeting,
		version: `tanos-console ${version()}`,
		now: () => new Date(),
		wake,
		async acknowledge(told) {
			const {forgetOutcome} = await import('../installation/outcome.js');
			await forgetOutcome(site.layout, told);
		},
	};
}

/** The sandbox's services, whose code is loaded at the first use: the first frame does not wait for it. */
export function servicesLater(layout: Layout): Services {
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
