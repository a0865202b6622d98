import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import type {RemoteModuleServer} from '../installation/module-server.js';
import type {Site} from '../installation/change.js';
import type {Services} from '../services/service.js';

/** The appliance of this command. */
export function siteOf(layout: Layout, identity: Identity, services: Services): Site {
	return {layout, identity, services, ...(identity.role === 'tanium-server' && {moduleServer: moduleServerLater(layout, identity)})};
}

/** A Module Server that is asked over SSH. The code for that is loaded at first use, so that the first frame does not wait for it. */
function moduleServerLater(layout: Layout, identity: Identity): RemoteModuleServer {
	let loading: Promise<RemoteModuleServer> | undefined;
	const loaded = async () => {
		loading ??= import('../array/module-server.js').then(({moduleServerInArray}) => moduleServerInArray(layout, identity));
		return loading;
	};

	return {
		isReachable: async () => (await loaded()).isReachable(),
		holds: async sha256 => (await loaded()).holds(sha256),
		publish: async certificate => (await loaded()).publish(certificate),
		withdraw: async sha256 => (await loaded()).withdraw(sha256),
		retire: async certificate => (await loaded()).retire(certificate),
		register: async (credentials, certificate) => (await loaded()).register(credentials, certificate),
	};
}
